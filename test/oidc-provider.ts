/**
 * A small OpenID Connect provider for tests: discovery, keys, codes with PKCE, ID tokens that it signs itself. What it says
 * can be bent, to see that lies are found out.
 */
import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWTPayload } from 'jose'

interface Granted {
  readonly nonce: string
  readonly challenge: string
  readonly redirectUri: string
}

export class OidcProvider {
  readonly #server: Server
  readonly #codes = new Map<string, Granted>()
  #key!: CryptoKey
  #jwk!: object
  #codeCount = 0
  issuer = ''
  readonly clientId = 'vouchsafe'
  readonly clientSecret = 'a secret of the client'
  /** Who signs in at the provider. */
  identity: JWTPayload = {}
  /** Claims that are put in place of the right ones. */
  bent: Readonly<Record<string, unknown>> = {}
  /** A key that is not among the published ones. */
  foreignKey: CryptoKey | undefined
  tokenCalls = 0

  constructor() {
    this.#server = createServer((request, response) => {
      this.#answer(request, response).catch((error: unknown) => {
        response.writeHead(500).end(String(error))
      })
    })
  }

  async start(): Promise<void> {
    const pair = await generateKeyPair('RS256', { extractable: true })
    this.#key = pair.privateKey
    this.#jwk = { ...(await exportJWK(pair.publicKey)), kid: 'k1', alg: 'RS256', use: 'sig' }
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve))
    this.issuer = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  /** What the provider's page does when the user agrees: the address that the browser is sent back to. */
  authorize(location: string): URL {
    const asked = new URL(location)
    const get = (name: string): string => asked.searchParams.get(name) ?? ''
    if (get('client_id') !== this.clientId || get('code_challenge_method') !== 'S256')
      throw new Error(`not an authorisation request: ${location}`)
    const code = `code-${++this.#codeCount}`
    this.#codes.set(code, {
      nonce: get('nonce'),
      challenge: get('code_challenge'),
      redirectUri: get('redirect_uri'),
    })
    const back = new URL(get('redirect_uri'))
    back.searchParams.set('code', code)
    back.searchParams.set('state', get('state'))
    back.searchParams.set('session_state', 'whatever')
    return back
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const json = (status: number, body: object): void => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    }
    switch (request.url) {
      case '/.well-known/openid-configuration':
        return json(200, {
          issuer: this.issuer,
          authorization_endpoint: `${this.issuer}/authorize`,
          token_endpoint: `${this.issuer}/token`,
          jwks_uri: `${this.issuer}/keys`,
          response_types_supported: ['code'],
          subject_types_supported: ['public'],
          id_token_signing_alg_values_supported: ['RS256'],
        })
      case '/keys':
        return json(200, { keys: [this.#jwk] })
      case '/token':
        return json(...(await this.#token(request)))
      default:
        return json(404, {})
    }
  }

  async #token(request: IncomingMessage): Promise<[number, object]> {
    this.tokenCalls += 1
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const form = new URLSearchParams(Buffer.concat(chunks).toString())
    const credentials = [this.clientId, this.clientSecret].map((part) =>
      encodeURIComponent(part).replaceAll('%20', '+'),
    )
    const expected = `Basic ${Buffer.from(credentials.join(':')).toString('base64')}`
    if (request.headers.authorization !== expected) return [401, { error: 'invalid_client' }]
    const code = form.get('code') ?? ''
    const granted = this.#codes.get(code)
    this.#codes.delete(code)
    const challenge = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url')
    if (!granted || granted.challenge !== challenge || granted.redirectUri !== form.get('redirect_uri'))
      return [400, { error: 'invalid_grant' }]
    const seconds = Math.floor(Date.now() / 1_000)
    const token = await new SignJWT({
      iss: this.issuer,
      aud: this.clientId,
      nonce: granted.nonce,
      iat: seconds,
      exp: seconds + 300,
      ...this.identity,
      ...this.bent,
    })
      .setProtectedHeader({ alg: 'RS256', kid: 'k1' })
      .sign(this.foreignKey ?? this.#key)
    return [200, { access_token: 'at', token_type: 'Bearer', id_token: token }]
  }
}
