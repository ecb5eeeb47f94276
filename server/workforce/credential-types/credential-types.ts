/**
 * Credential types: what kinds of credential there are and what is known about each.
 *
 * Owns: the shipped catalogue (data in `catalogue/`) and the organisations' licence type mappings. Promises: the
 * catalogue is validated as a whole before anything uses it; codes never change their meaning; a mapping is only ever
 * set by a person.
 */
export type { Catalogue, CredentialTypeEntry } from './credential-types.schema.ts'
export { loadCatalogue } from './credential-types.catalogue.ts'
export {
  catalogueAsOf,
  catalogueOf,
  createOwnType,
  noteCatalogue,
  type OwnTypeInput,
} from './credential-types.own.ts'
export {
  listMappings,
  lockedMappingSet,
  mappingSet,
  mappingsOf,
  replaceMappings,
  setMappings,
} from './credential-types.mappings.ts'
export { findTypes, getType, shippedType, type TypeFilter, type TypePage } from './credential-types.list.ts'
export type { MappingPair, Mappings } from './credential-types.mappings.ts'
