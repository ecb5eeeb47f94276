/**
 * A house with its HTTP server and an organisation in which there is one of everything, for the proofs that go over every
 * operation of the API. What is particular to a route stands in `preparations`.
 */
import { routes, tags } from '../../server/app.ts'
import { openReview } from '../../server/evidence/reviews/reviews.ts'
import { receiveFile } from '../../server/exchange/imports/imports.ts'
import { buildHttpServer } from '../../server/front-doors.ts'
import { basePath, type HttpServer } from '../../server/platform/http/http-server.ts'
import { buildDocument } from '../../server/platform/http/openapi.ts'
import type { ResourceRoute, Route } from '../../server/platform/http/route.ts'
import { allGrants } from '../../server/tenancy/access/access.schema.ts'
import { createToken } from '../../server/tenancy/access/access.ts'
import { readMail } from '../../server/tenancy/outbox/outbox.ts'
import { totpCode, totpStep } from '../../server/tenancy/users/users.totp.ts'
import { getCredential } from '../../server/workforce/credentials/credentials.ts'
import { multipart } from '../multipart.ts'
import { consoleUser, fromBase32, password, secretOf, type ConsoleUser } from '../console-user.ts'
import { openTestHouse, operator, type TestHouse } from '../harness.ts'
import { SoftwareAuthenticator } from '../software-authenticator.ts'

const publicUrl = 'https://vouchsafe.example'

export const document = buildDocument(routes, { version: '0.0.0', basePath, tags })

/** What makes a request to a route name things that are there. */
export interface Prepared {
  /** The parts of the path. */
  readonly params?: Readonly<Record<string, string>>
  /** Parameters that the example request needs. */
  readonly query?: Readonly<Record<string, string>>
  /** Members that replace the example body's: ids, hashes and the like. */
  readonly body?: Readonly<Record<string, unknown>>
  readonly headers?: Readonly<Record<string, string>>
}

export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, unknown>>
  readonly text: string
  /** The body, when it is JSON. */
  readonly json: unknown
}

export interface Request {
  readonly method: string
  /** Behind the base path, percent-encoded as it is sent. */
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Buffer
}

/** An organisation with workers, credentials, an import that is done and an export. */
export interface Organisation {
  readonly id: string
  readonly token: string
  /** The import that brought them. */
  readonly importId: string
  /** With the organisation's token. */
  ask(request: Request): Promise<Answer>
  /** Makes a thing over the API; its id. */
  make(path: string, body: unknown): Promise<string>
  /** The id of the first thing in a list. */
  firstOf(path: string): Promise<string>
  /** Somebody who is signed in to the console. */
  user(): Promise<ConsoleUser>
  /** The text of the mail of a kind to an address. */
  mailTo(address: string, kind: string): Promise<string>
  /** The code that an authenticator app with this secret shows now. */
  appCode(secret: string): string
  /** A review of the document of a credential; its id. */
  openReview(credentialId: string): Promise<string>
  /** A run that stopped at its plan. */
  planImport(): Promise<{ readonly id: string; readonly planHash: string }>
  /** Takes a fetch request to its end, as its worker's answers and their checks would. */
  complete(requestId: string): Promise<void>
}

const source = (key: string): object => ({ externalId: key, sourceSystem: 'HRMS' })
const worker = (key: string): object => ({
  identity: { displayName: 'Kim Prepared' },
  source: source(key),
})

/** Somebody of that key with a credential; its id. */
async function credentialOf({ make }: Organisation, key: string): Promise<string> {
  await make('/workers', worker(key))
  return make('/credentials', { worker: source(key), credentialType: 'WWCC_VIC', number: '7654321B' })
}

/** Somebody of that key who can be asked for credentials. */
const reachable = (key: string): object => ({
  identity: { displayName: 'Kim Prepared' },
  // The import's people have addresses like p1@example.com.
  contact: { workEmail: `asked.${key.toLowerCase()}@example.com` },
  source: source(key),
})

/** A fetch request to somebody of that key; its id. */
async function requestOf({ make }: Organisation, key: string): Promise<string> {
  await make('/workers', reachable(key))
  return make('/fetch-requests', { worker: source(key), requestedCredentialTypes: ['FIRST_AID'] })
}
async function gone({ ask }: Organisation, path: string): Promise<void> {
  const answer = await ask({ method: 'DELETE', path })
  if (answer.status !== 204) throw new Error(`DELETE ${path} answered ${answer.status}: ${answer.text}`)
}
const accessToken = { name: 'Prepared', grants: { worker: ['READ'] } }
// By key: a password is made slow to check, and so to keep.
const account = (key: string): object => ({
  username: `u-${key.toLowerCase()}`,
  publicKeys: [
    'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIMT12hP45cd1PPYRo2y3Iy+/sAAe9WEC+vcPVjVVr7fz prepared@example.com',
  ],
})

const emailOf = (key: string): string => `${key.toLowerCase()}@example.com`
const invited = (key: string): object => ({
  email: emailOf(key),
  role: 'manager',
  displayName: 'Kim Prepared',
})

/** As a browser asks that has a session; an empty token is none. */
const signedIn = ({ headers }: ConsoleUser): Record<string, string> => ({ authorization: '', ...headers })

async function asked(
  { ask }: Organisation,
  path: string,
  headers: Record<string, string>,
  body: object = {},
): Promise<Record<string, unknown>> {
  const answer = await ask({ method: 'POST', path, headers, body: JSON.stringify(body) })
  if (answer.status >= 300) throw new Error(`POST ${path} answered ${answer.status}: ${answer.text}`)
  return (answer.json as { data: { attributes: Record<string, unknown> } }).data.attributes
}

/** A user with an authenticator app that is begun with: what to send, and the code that it shows. */
async function withApp(
  organisation: Organisation,
): Promise<{ headers: Record<string, string>; code: string }> {
  const headers = signedIn(await organisation.user())
  const { secret } = await asked(organisation, '/me/second-factors/totp', headers, { name: 'App' })
  return { headers, code: organisation.appCode(String(secret)) }
}

/** A user whose browser was asked for a passkey, and what it answers. */
async function withPasskey(
  organisation: Organisation,
): Promise<{ headers: Record<string, string>; authenticator: SoftwareAuthenticator; response: object }> {
  const headers = signedIn(await organisation.user())
  const authenticator = new SoftwareAuthenticator(publicUrl)
  const { publicKey } = await asked(organisation, '/me/second-factors/passkey/options', headers)
  return { headers, authenticator, response: authenticator.create(publicKey as never) }
}

/** Operations whose examples need a part of the world that this house has not: where they are tried instead. */
export const triedElsewhere: Readonly<Record<string, string>> = {
  beginSingleSignOn: 'server/tenancy/users/users.oidc.test.ts',
  finishSingleSignOn: 'server/tenancy/users/users.oidc.test.ts',
  // Its signature is over the very bytes.
  takeMailEvents: 'server/tenancy/outbox/outbox.mail-events.test.ts',
}

/**
 * By path, or by an operation's name where that wants something else. A path without parts needs an entry only when its
 * example body names things that must be there. Every call makes the thing anew, so that it may be used up.
 */
/** Connects a register; its code. */
async function connected(organisation: Organisation, code: string): Promise<string> {
  const settings = { url: 'https://register.example.org/check', auth: { kind: 'none' } }
  const answer = await organisation.ask({
    method: 'PUT',
    path: `/registers/${code}/connector`,
    body: JSON.stringify({ kind: 'http', settings, secret: null }),
  })
  if (answer.status !== 200) throw new Error(`The register could not be connected: ${answer.text}`)
  return code
}

/** A ban list that is read from a file; its register. */
async function listed(organisation: Organisation, heldWhenLost: number): Promise<string> {
  const register = 'AGED_CARE_BANNING_ORDERS'
  const columns = {
    reference: 'Reference',
    familyName: 'Surname',
    givenNames: 'Given names',
    state: 'State',
  }
  const answer = await organisation.ask({
    method: 'PUT',
    path: `/registers/${register}/connector`,
    body: JSON.stringify({ kind: 'list', settings: { columns, heldWhenLost } }),
  })
  if (answer.status !== 200) throw new Error(`The list could not be connected: ${answer.text}`)
  return register
}

/** A version of a list; held, where it lost all that was there. */
async function listVersion(organisation: Organisation, key: string, isHeld: boolean): Promise<Prepared> {
  const upload = async (name: string, heldWhenLost: number): Promise<string> => {
    const register = await listed(organisation, heldWhenLost)
    const rows = `Reference,Surname,Given names,State\n${name},Featherstone,Zephyrine Mary,VIC\n`
    const { contentType, body } = multipart({ file: rows }, 'orders.csv')
    const answer = await organisation.ask({
      method: 'POST',
      path: `/registers/${register}/lists`,
      headers: { 'content-type': contentType },
      body: body.toString('utf8'),
    })
    if (answer.status !== 201) throw new Error(`The list was not taken: ${answer.text}`)
    return (answer.json as { data: { id: string } }).data.id
  }
  const first = await upload(key, 1)
  return {
    params: { id: 'AGED_CARE_BANNING_ORDERS', versionId: isHeld ? await upload(`${key}-B`, 0) : first },
  }
}

/** A credential with a document. */
async function attached(organisation: Organisation, key: string): Promise<Prepared> {
  const id = await credentialOf(organisation, key)
  const { upload } = routes.find(({ name }) => name === 'createAttachment') as ResourceRoute
  const path = `/credentials/${id}/attachments`
  return { params: { id, attachmentId: await organisation.make(path, upload?.asJson?.example) } }
}

/** A review that waits. */
async function reviewed(organisation: Organisation, key: string): Promise<Prepared> {
  return { params: { id: await organisation.openReview(await credentialOf(organisation, key)) } }
}

const preparations: Readonly<Record<string, (organisation: Organisation, key: string) => Promise<Prepared>>> =
  {
    '/workers/{id}': async ({ make }, key) => ({ params: { id: await make('/workers', worker(key)) } }),
    '/workers/{id}/compliance': async ({ make }, key) => ({
      params: { id: await make('/workers', worker(key)) },
    }),
    '/workers/{id}/restore': async (organisation, key) => {
      const id = await organisation.make('/workers', worker(key))
      await gone(organisation, `/workers/${id}`)
      return { params: { id } }
    },
    '/workers/by-external-id/{sourceSystem}/{externalId}': async ({ make }, key) => {
      await make('/workers', worker(key))
      return {
        params: { sourceSystem: 'HRMS', externalId: key },
        body: { source: source(key) },
      }
    },
    createCredential: async ({ make }, key) => {
      await make('/workers', worker(key))
      return { body: { worker: source(key) } }
    },
    '/credentials/{id}': async (organisation, key) => ({
      params: { id: await credentialOf(organisation, key) },
      body: { worker: source(key) },
    }),
    '/credentials/{id}/restore': async (organisation, key) => {
      const id = await credentialOf(organisation, key)
      await gone(organisation, `/credentials/${id}`)
      return { params: { id } }
    },
    '/credentials/{id}/verify': async (organisation, key) => {
      await connected(organisation, 'SERVICE_VICTORIA_WWC')
      return { params: { id: await credentialOf(organisation, key) } }
    },
    '/credentials/{id}/checks': async (organisation, key) => ({
      params: { id: await credentialOf(organisation, key) },
    }),
    '/credentials/{id}/attachments': async (organisation, key) => ({
      params: { id: await credentialOf(organisation, key) },
    }),
    '/credentials/{id}/attachments/{attachmentId}': attached,
    '/credentials/{id}/attachments/{attachmentId}/content': attached,
    '/reviews/{id}': reviewed,
    '/reviews/{id}/decide': reviewed,
    '/trusted-issuers/{id}': async ({ make }, key) => ({
      params: {
        id: await make('/trusted-issuers', { name: key, identifier: `did:web:${key.toLowerCase()}.example` }),
      },
    }),
    createTrustedIssuer: (_organisation, key) =>
      Promise.resolve({ body: { identifier: `did:web:${key.toLowerCase()}.example` } }),
    '/registers/{id}': () => Promise.resolve({ params: { id: 'AHPRA' } }),
    '/registers/{id}/health': () => Promise.resolve({ params: { id: 'AHPRA' } }),
    setConnector: () => Promise.resolve({ params: { id: 'AHPRA' } }),
    removeConnector: async (organisation) => ({ params: { id: await connected(organisation, 'AHPRA') } }),
    '/workers/{id}/ban-checks': async (organisation, key) => {
      await listed(organisation, 1)
      return { params: { id: await organisation.make('/workers', worker(key)) } }
    },
    '/registers/{id}/lists': async (organisation) => ({ params: { id: await listed(organisation, 1) } }),
    '/registers/{id}/lists/{versionId}': (organisation, key) => listVersion(organisation, key, false),
    '/registers/{id}/lists/{versionId}/changes': (organisation, key) => listVersion(organisation, key, false),
    '/registers/{id}/lists/{versionId}/apply': (organisation, key) => listVersion(organisation, key, true),
    '/registers/{id}/lists/{versionId}/reject': (organisation, key) => listVersion(organisation, key, true),
    // The one of the example came with the import.
    createPosition: (_organisation, key) => Promise.resolve({ body: { code: key } }),
    '/positions/{id}': async ({ make }, key) => ({
      params: { id: await make('/positions', { code: key }) },
      body: { code: key },
    }),
    '/positions/{id}/simulate': async ({ make }, key) => ({
      params: { id: await make('/positions', { code: key }) },
    }),
    '/positions/{id}/restore': async (organisation, key) => {
      const id = await organisation.make('/positions', { code: key })
      await gone(organisation, `/positions/${id}`)
      return { params: { id } }
    },
    createSftpAccount: (_organisation, key) =>
      Promise.resolve({ body: { username: `u-${key.toLowerCase()}` } }),
    '/sftp-accounts/{id}': async ({ make }, key) => ({
      params: { id: await make('/sftp-accounts', account(key)) },
    }),
    '/sftp-accounts/{id}/restore': async (organisation, key) => {
      const id = await organisation.make('/sftp-accounts', account(key))
      await gone(organisation, `/sftp-accounts/${id}`)
      return { params: { id } }
    },
    '/credential-types/{id}': () => Promise.resolve({ params: { id: 'WWCC_NSW' } }),
    '/sftp-files/content': () => Promise.resolve({ query: { path: '/templates/employees-template.csv' } }),
    '/access-tokens/{id}': async ({ make }) => ({
      params: { id: await make('/access-tokens', accessToken) },
    }),
    '/access-tokens/{id}/rotate': async ({ make }) => ({
      params: { id: await make('/access-tokens', accessToken) },
    }),
    '/outbox/{id}': async ({ make, firstOf }, key) => {
      await make('/users', invited(key))
      return { params: { id: await firstOf('/outbox') } }
    },
    '/users': (_organisation, key) => Promise.resolve({ body: { email: emailOf(key) } }),
    '/users/{id}': async ({ make }, key) => ({ params: { id: await make('/users', invited(key)) } }),
    '/users/{id}/invite': async ({ make }, key) => ({ params: { id: await make('/users', invited(key)) } }),
    '/invitations/accept': async (organisation, key) => {
      const { invitation } = await asked(organisation, '/users', {}, invited(key))
      return { body: { token: secretOf((invitation as { link: string }).link) } }
    },
    '/sign-in': async ({ user }) => ({
      body: { email: (await user()).email, password, secondFactor: undefined },
    }),
    '/sign-out': async ({ user }) => ({ headers: signedIn(await user()) }),
    '/password-reset/confirm': async (organisation) => {
      const { email } = await organisation.user()
      await organisation.ask({ method: 'POST', path: '/password-reset', body: JSON.stringify({ email }) })
      const [link = ''] = /https\S+/.exec(await organisation.mailTo(email, 'user.passwordReset')) ?? []
      return { body: { token: secretOf(link) } }
    },
    '/me': async ({ user }) => ({ headers: signedIn(await user()) }),
    '/me/password': async ({ user }) => ({
      headers: signedIn(await user()),
      body: { currentPassword: password },
    }),
    '/sessions/{id}': async ({ user }) => ({ params: { id: (await user()).sessionId } }),
    '/me/second-factors': async ({ user }) => ({ headers: signedIn(await user()) }),
    '/me/second-factors/totp': async ({ user }) => ({ headers: signedIn(await user()) }),
    '/me/second-factors/totp/confirm': async (organisation) => {
      const { headers, code } = await withApp(organisation)
      return { headers, body: { code } }
    },
    '/me/second-factors/{id}': async (organisation) => {
      const { headers, code } = await withApp(organisation)
      await asked(organisation, '/me/second-factors/totp/confirm', headers, { code })
      const answer = await organisation.ask({ method: 'GET', path: '/me/second-factors', headers })
      const [factor] = (answer.json as { data: { id: string }[] }).data
      return { headers, params: { id: factor?.id ?? '' } }
    },
    '/me/recovery-codes': async (organisation) => {
      const { headers, code } = await withApp(organisation)
      await asked(organisation, '/me/second-factors/totp/confirm', headers, { code })
      return { headers }
    },
    '/me/second-factors/passkey/options': async ({ user }) => ({ headers: signedIn(await user()) }),
    '/me/second-factors/passkey': async (organisation) => {
      const { headers, response } = await withPasskey(organisation)
      return { headers, body: { response } }
    },
    '/sign-in/passkey': async (organisation) => {
      const { headers, authenticator, response } = await withPasskey(organisation)
      await asked(organisation, '/me/second-factors/passkey', headers, { name: 'Key', response })
      const { publicKey } = await asked(organisation, '/sign-in/passkey/options', {})
      return { body: { response: authenticator.get(publicKey as never) } }
    },
    '/imports/{id}': async ({ importId: id }) => ({ params: { id } }),
    '/imports/{id}/rows': async ({ importId: id }) => ({ params: { id } }),
    '/imports/{id}/rows/{row}': async ({ planImport }) => ({
      params: { id: (await planImport()).id, row: '4' },
    }),
    '/imports/{id}/results.csv': async ({ importId: id }) => ({ params: { id } }),
    '/imports/{id}/apply': async ({ planImport }) => {
      const { id, planHash } = await planImport()
      return { params: { id }, body: { planHash } }
    },
    '/imports/{id}/reject': async ({ planImport }) => ({ params: { id: (await planImport()).id } }),
    '/imports/{id}/cancel': async ({ planImport }) => ({ params: { id: (await planImport()).id } }),
    createFetchRequest: async ({ make }, key) => {
      await make('/workers', reachable(key))
      return { body: { worker: source(key) } }
    },
    createFetchRequests: async ({ make }, key) => {
      await make('/workers', reachable(key))
      return { body: { workers: [source(key)] } }
    },
    '/fetch-requests/{id}/restore': async (organisation, key) => {
      const id = await requestOf(organisation, key)
      await gone(organisation, `/fetch-requests/${id}`)
      return { params: { id } }
    },
    '/fetch-requests/{id}/report.pdf': async (organisation, key) => {
      const id = await requestOf(organisation, key)
      await organisation.complete(id)
      return { params: { id } }
    },
    ...Object.fromEntries(
      ['', '/remind', '/resend', '/cancel', '/link', '/submissions', '/events'].map((below) => [
        `/fetch-requests/{id}${below}`,
        async (organisation: Organisation, key: string) => ({
          params: { id: await requestOf(organisation, key) },
        }),
      ]),
    ),
    '/exports/{id}': async ({ firstOf }) => ({ params: { id: await firstOf('/exports') } }),
    '/exports/{id}/content': async ({ firstOf }) => ({ params: { id: await firstOf('/exports') } }),
  }

/** Which entries no route uses; which routes have a path with parts and no entry. Both are faults of the table. */
export function preparationFaults(): string[] {
  const used = new Set(routes.flatMap(({ path, name }) => [path, name]))
  return [
    ...Object.keys(preparations)
      .filter((key) => !used.has(key))
      .map(
        (key) =>
          `"${key}" in \`preparations\` of test/api/api-house.ts is no route's path or name: take it out.`,
      ),
    ...routes
      .filter(({ path, name }) => path.includes('{') && !preparations[path] && !preparations[name])
      .map(
        ({ method, path }) =>
          `${method} ${path} has no entry in \`preparations\` of test/api/api-house.ts: say there how to make a thing that the path names.`,
      ),
  ]
}

let made = 0

/** Makes what a request to the route needs. A path with parts that the table lacks is refused with what to do. */
export async function prepare(organisation: Organisation, { path, name }: Route): Promise<Prepared> {
  const preparation = preparations[name] ?? preparations[path]
  if (!preparation && path.includes('{')) throw new Error(preparationFaults().join('\n'))
  made += 1
  return preparation ? preparation(organisation, `P${made}`) : {}
}

/** The path of a route with its parts filled in. */
export function pathWith({ path }: Route, params: Readonly<Record<string, string>>): string {
  return path.replaceAll(/\{(\w+)\}/g, (_whole, part: string) => {
    const value = params[part]
    if (value === undefined) throw new Error(`The preparation of ${path} lacks the part "${part}".`)
    return encodeURIComponent(value)
  })
}

/** `?a=b`, or nothing. */
export function questionWith(query: Readonly<Record<string, string>>): string {
  return Object.keys(query).length === 0 ? '' : `?${new URLSearchParams(query).toString()}`
}

const people = (start: number): string =>
  [
    'external_id,first_name,last_name,dob,email,position_id,licence_type,licence_number,issue_date,expiry_date',
    `E${start},Sarah,Quinn,1992-03-15,p${start}@example.com,RN-001,AHPRA,NMW0001234567,2020-06-01,2026-05-31`,
    `E${start + 1},Zoë,Ångström,1988-01-01,p${start + 1}@example.com,RN-001,AHPRA,NMW0001234568,2020-06-01,2026-05-31`,
    `E${start + 2},Adam,Brown,1990-01-01,p${start + 2}@example.com,RN-001,,,,`,
    `E${start + 3},Lee,,31/01/1990,p${start + 3}@example.com,RN-001,,,,`,
  ].join('\n')

export interface ApiHouse {
  readonly house: TestHouse
  readonly server: HttpServer
  newOrganisation(): Promise<Organisation>
  close(): Promise<void>
}

export async function openApiHouse(): Promise<ApiHouse> {
  // Passkeys belong to a name.
  const house = await openTestHouse({ settings: { PUBLIC_URL: publicUrl } })
  const server = await buildHttpServer(house.runtime, '0.0.0')
  let files = 0

  async function receive(organisationId: string, stopAtPlan: boolean): Promise<string> {
    files += 1
    const text = people(files * 10)
    const blob = await house.runtime.storage.write(
      organisationId,
      (async function* () {
        yield Buffer.from(text)
      })(),
    )
    const { id } = await house.runtime.write(organisationId, operator, (ctx) =>
      receiveFile(ctx, {
        fileName: 'people.csv',
        blob,
        fileId: null,
        source: 'HRMS',
        mode: 'UPSERT',
        stopAtPlan,
      }),
    )
    await house.drain()
    return id
  }

  async function newOrganisation(): Promise<Organisation> {
    const { id } = await house.newOrganisation()
    const { token } = await house.runtime.write(id, operator, (ctx) =>
      createToken(ctx, { name: 'everything', grants: allGrants }),
    )
    const ask = async ({ method, path, headers, body }: Request): Promise<Answer> => {
      const answer = await server.inject({
        method: method as 'GET',
        url: basePath + path,
        headers: {
          authorization: `Bearer ${token}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body === undefined ? {} : { payload: body }),
      })
      const isJson = String(answer.headers['content-type']).includes('json') && answer.payload !== ''
      return {
        status: answer.statusCode,
        headers: answer.headers,
        text: answer.payload,
        json: isJson ? (JSON.parse(answer.payload) as unknown) : undefined,
      }
    }
    const told = async (request: Request): Promise<{ data: unknown }> => {
      const answer = await ask(request)
      if (answer.status >= 300)
        throw new Error(`${request.method} ${request.path} answered ${answer.status}: ${answer.text}`)
      return answer.json as { data: unknown }
    }
    const importId = await receive(id, false)
    const { data: run } = await told({ method: 'GET', path: `/imports/${importId}` })
    if ((run as { attributes: { status: string } }).attributes.status !== 'COMPLETED')
      throw new Error(`The import that was to fill the organisation did not: ${JSON.stringify(run)}`)
    return {
      id,
      token,
      importId,
      ask,
      make: async (path, body) =>
        ((await told({ method: 'POST', path, body: JSON.stringify(body) })).data as { id: string }).id,
      firstOf: async (path) => {
        const [first] = (await told({ method: 'GET', path: `${path}?pageSize=1` })).data as { id: string }[]
        if (!first) throw new Error(`The list ${path} is empty in the organisation that was made for it.`)
        return first.id
      },
      user: () => consoleUser(house, id),
      mailTo: async (address, kind) => {
        const [mail] = await house.owner<{ id: string }>(
          'select id from mails where organisation_id = $1 and to_address = $2 and kind = $3',
          [id, address, kind],
        )
        if (!mail) throw new Error(`There is no mail to ${address}.`)
        const { attributes } = await house.runtime.write(id, operator, (ctx) => readMail(ctx, mail.id))
        return attributes.text ?? ''
      },
      appCode: (secret) => totpCode(fromBase32(secret), totpStep(house.clock.now())),
      complete: async (requestId) => {
        await house.owner(
          "update fetch_requests set status = 'COMPLETED', furthest = 'COMPLETED', completed_at = created_at where id = $1",
          [requestId],
        )
      },
      openReview: async (credentialId) =>
        (
          await house.runtime.write(id, operator, async (ctx) => {
            const { worker } = (await getCredential(ctx, credentialId)).attributes
            return openReview(ctx, {
              reason: 'DOCUMENT',
              subject: { type: 'credential', id: credentialId },
              workerId: worker.id,
              credentialId,
              facts: {},
            })
          })
        ).id,
      planImport: async () => {
        const run = await receive(id, true)
        const { data } = await told({ method: 'GET', path: `/imports/${run}` })
        return { id: run, planHash: (data as { attributes: { planHash: string } }).attributes.planHash }
      },
    }
  }

  return {
    house,
    server,
    newOrganisation,
    close: async () => {
      await server.close()
      await house.close()
    },
  }
}
