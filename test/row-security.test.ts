/**
 * Row-level security alone, with the application's own filter left out: nothing of another organisation is shown, changed
 * or written, in any table. A new table is in here by being in the database; one that nothing filled fails the test.
 */
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import {
  accountCaller,
  addAccount,
  beginUpload,
  finishUpload,
  placeOf,
  writeUpload,
  type ExchangeSession,
} from '../server/exchange/file-exchange/file-exchange.ts'
import { mendRow, receiveFile } from '../server/exchange/imports/imports.ts'
import { sql } from '../server/platform/db/database.ts'
import { claimKey, fingerprintOf } from '../server/platform/http/idempotency.ts'
import { queueMail } from '../server/platform/mail/mail.ts'
import { createFetchRequest } from '../server/collection/fetch-requests/fetch-requests.ts'
import { deleteAttachment, receiveAttachment } from '../server/evidence/attachments/attachments.ts'
import { openReview } from '../server/evidence/reviews/reviews.ts'
import { connectorInput } from '../server/evidence/registers/registers.schema.ts'
import { trustIssuer } from '../server/evidence/signed-documents/signed-documents.ts'
import { prepareConnector, setConnector } from '../server/evidence/registers/registers.ts'
import { bringList } from '../server/evidence/registers/registers.lists.ts'
import { releaseBlobs } from '../server/platform/storage/sweeper.ts'
import { allGrants } from '../server/tenancy/access/access.schema.ts'
import { createToken } from '../server/tenancy/access/access.ts'
import { readFeed } from '../server/tenancy/event-feed/event-feed.ts'
import { organisationKey, setSetting } from '../server/tenancy/organisations/organisations.ts'
import { inviteUser } from '../server/tenancy/users/users.ts'
import { beginTotp, confirmTotp } from '../server/tenancy/users/users.second-factors.ts'
import { totpCode, totpStep } from '../server/tenancy/users/users.totp.ts'
import { ownTypeInput } from '../server/workforce/credential-types/credential-types.schema.ts'
import { createOwnType, setMappings } from '../server/workforce/credential-types/credential-types.ts'
import { consoleUser, fromBase32 } from './console-user.ts'
import { openTestHouse, operator, type TestHouse } from './harness.ts'
import { issueToken } from '../server/issuing/partners/partners.ts'
import { partnerScopes } from '../server/issuing/partners/partners.schema.ts'
import { addSubmission, createSandbox } from '../server/issuing/submissions/submissions.ts'
import { makeEd25519 } from '../server/exchange/file-exchange/file-exchange.key-pairs.ts'

const people = [
  'external_id,first_name,last_name,dob,email,position_id,licence_type,licence_number,issue_date,expiry_date',
  'E1,Sarah,Chen,1992-03-15,sarah@example.com,RN-001,HRCODE,NMW0001234567,2020-06-01,2026-05-31',
].join('\n')
const requirements = ['position_id,license_code,state', 'RN-001,AHPRA,VIC'].join('\n')

let house: TestHouse

/** The kinds of scope, each with the column that names it in the tables of its own. */
interface Scope {
  readonly column: 'organisation_id' | 'partner_id' | 'holder_id'
  readonly policy: string
  readonly theirs: string
  readonly ours: string
  readonly tables: readonly string[]
}

/** Everything that an organisation can have so far. */
async function furnish(organisationId: string): Promise<void> {
  const write: <T>(work: Parameters<typeof house.runtime.write<T>>[2]) => Promise<T> = (work) =>
    house.runtime.write(organisationId, operator, work)
  const { id } = await write(async (ctx) => {
    await setMappings(ctx, [{ code: 'HRCODE', target: 'AHPRA' }])
    await createOwnType(ctx, ownTypeInput.parse({ code: 'OWN', name: 'Our own' }))
    await setSetting(ctx, 'import.quietSeconds', '0')
    await createToken(ctx, { name: 'all', grants: allGrants })
    await queueMail(ctx, { kind: 'test', to: 'sarah@example.com', subject: 'Hello', text: 'Hello' })
    return addAccount(ctx, {
      username: `hr-${organisationId}`,
      publicKeys: [(await makeEd25519()).public],
    })
  })
  const session: ExchangeSession = { organisationId, accountId: id, caller: accountCaller(id, 'req_test') }
  const upload = async (name: string, content: string): Promise<void> => {
    const mode = { create: true, truncate: true, exclusive: false }
    const file = await beginUpload(house.runtime, session, placeOf(`/upload/${name}`), mode)
    await writeUpload(house.runtime, session, file, 0, Buffer.from(content))
    await finishUpload(house.runtime, session, file)
  }
  await claimKey(house.runtime, organisationId, operator, {
    tokenId: 'tok_test',
    key: 'once',
    fingerprint: fingerprintOf('POST', '/workers', '{}'),
  })
  const { id: userId } = await consoleUser(house, organisationId)
  await house.runtime.write(organisationId, operator, (ctx) =>
    inviteUser(ctx, house.config, { email: 'waiting@example.com', role: 'viewer' }),
  )
  const key = await organisationKey(house.runtime, organisationId)
  await write(async (ctx) => {
    const { secret } = await beginTotp(ctx, key, { userId, name: undefined })
    const code = totpCode(fromBase32(secret), totpStep(ctx.now))
    await confirmTotp(ctx, key, { userId, code })
  })
  // A register that does not answer: its checks are recorded, and the export after the import waits.
  const simulator = await prepareConnector(
    house.runtime,
    organisationId,
    connectorInput.parse({ kind: 'simulator', settings: { url: 'http://127.0.0.1:9', timeoutMs: 500 } }),
  )
  await write((ctx) => setConnector(ctx, simulator, 'AHPRA', { isSandbox: true }))
  // A published list on which the one who is on the books may be.
  const register = 'AGED_CARE_BANNING_ORDERS'
  const list = await prepareConnector(
    house.runtime,
    organisationId,
    connectorInput.parse({
      kind: 'list',
      settings: { columns: { familyName: 'Surname', givenNames: 'Given' } },
    }),
  )
  await write((ctx) => setConnector(ctx, list, register, { isSandbox: true }))
  await bringList(house.runtime, organisationId, operator, register, {
    name: 'orders.csv',
    content: (async function* () {
      yield Buffer.from('Surname,Given\nChen,Sarah\n')
    })(),
  })
  await upload('HRMS-POS-20260201_060000.csv', requirements)
  await upload('HRMS-20260201_060500.csv', people)
  await upload('people.csv', people)
  await house.drain()
  const blob = await house.runtime.storage.write(
    organisationId,
    (async function* () {
      yield Buffer.from(people)
    })(),
  )
  const { id: importId } = await write((ctx) =>
    receiveFile(ctx, { fileName: 'people.csv', blob, fileId: null, source: 'HRMS', stopAtPlan: true }),
  )
  await house.drain()
  const png = Buffer.from('89504e470d0a1a0a', 'hex')
  const document = await house.runtime.storage.write(
    organisationId,
    (async function* () {
      yield png
    })(),
  )
  await write((ctx) =>
    receiveAttachment(
      ctx,
      { heldFor: 'fri_test' },
      { name: 'a.png', mediaType: 'image/png', blob: document, scan: 'OFF' },
      'api',
    ),
  )
  const thrownAway = await house.runtime.storage.write(
    organisationId,
    (async function* () {
      yield png
    })(),
  )
  const [{ id: credentialId } = { id: '' }] = await house.owner<{ id: string }>(
    'select id from credentials where organisation_id = $1 limit 1',
    [organisationId],
  )
  await write(async (ctx) => {
    const owner = { credentialId }
    const file = { name: 'b.png', mediaType: 'image/png', blob: thrownAway, scan: 'OFF' } as const
    const { id } = await receiveAttachment(ctx, owner, file, 'api')
    await deleteAttachment(ctx, owner, id)
  })
  await write((ctx) =>
    createFetchRequest(house.runtime, ctx, {
      worker: { externalId: 'E1', sourceSystem: 'HRMS' },
      requestedCredentialTypes: ['FIRST_AID'],
    }),
  )
  await write((ctx) =>
    openReview(ctx, {
      reason: 'MAPPING_PROPOSAL',
      subject: { type: 'licenceType', id: 'HRCODE' },
      workerId: null,
      facts: {},
    }),
  )
  await write((ctx) =>
    trustIssuer(ctx, { name: 'School', identifier: 'did:web:school.example', jwksUrl: null }),
  )
  await mendRow(house.runtime, organisationId, operator, importId, 1, { first_name: 'Sally' })
  // Other tests on this server hold the numbering back as long as they write.
  const numbered = (): Promise<number> =>
    write(async (ctx) => {
      const page = { limit: 1, offset: 0, counting: 'QUICK' } as const
      return (await readFeed(ctx, {}, page)).events.length
    })
  while ((await numbered()) === 0) await new Promise((resolve) => setTimeout(resolve, 100))
}

/** Everything that a partner and its holder can have so far. */
async function furnishPartner(name: string): Promise<{ partnerId: string; holderId: string }> {
  const { partnerId, clientId, clientSecret, testHolderId } = await createSandbox(
    house.runtime,
    operator,
    name,
  )
  await issueToken(house.runtime, { clientId, clientSecret, scopes: undefined, isBasic: false }, 'req_test')
  const principal = { partnerId, clientId, tokenId: 'pto_test', scopes: partnerScopes }
  await addSubmission(house.runtime, principal, 'req_test', {
    credentialId: 'one',
    items: [
      {
        credentialId: 'one-1',
        kind: 'microcredential',
        path: [],
        fields: { full_name: 'Sarah Chen', microcredential_name: 'Welding' },
        assets: [{ assetId: 'one-asset', assetType: 'pdf' }],
      },
    ],
  })
  return { partnerId, holderId: testHolderId }
}

const tablesWith = async (column: string): Promise<string[]> =>
  (
    await house.owner<{
      name: string
    }>(
      `select c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
      join pg_attribute a on a.attrelid = c.oid and a.attname = $1 and not a.attisdropped
      where n.nspname = 'public' and c.relkind in ('r', 'p')
        -- A submission names its holder, and is the partner's.
        and not ($1 = 'holder_id' and c.relname = 'partner_submissions') order by 1`,
      [column],
    )
  ).map((row) => row.name)

/** What became of a statement in our scope: the number of rows, or PostgreSQL's refusal. */
async function tryAs(scopeId: string, statement: string, values: unknown[] = []): Promise<number | string> {
  try {
    return await house.runtime.db.scoped(scopeId, async (tx) => {
      const result = (await tx.raw(statement, values)) as { rows: unknown[]; rowCount?: number }
      return result.rows.length
    })
  } catch (error) {
    return (error as { code: string }).code
  }
}

const refused = '42501'

describe('row-level security alone', () => {
  let scopes: Scope[]
  let organisations: Scope
  const all = (): { table: string; scope: Scope }[] =>
    scopes.flatMap((scope) => scope.tables.map((table) => ({ table, scope })))

  beforeAll(async () => {
    house = await openTestHouse()
    const theirs = (await house.newOrganisation()).id
    const ours = (await house.newOrganisation()).id
    await furnish(theirs)
    await furnish(ours)
    const theirPartner = await furnishPartner('Theirs')
    const ourPartner = await furnishPartner('Ours')
    // What was let go of and is not deleted yet: the work of the other would delete it.
    for (const id of [theirs, ours])
      await house.runtime.write(id, operator, (ctx) => releaseBlobs(ctx, ['blb_test']))
    organisations = {
      column: 'organisation_id',
      policy: 'organisation',
      theirs,
      ours,
      tables: await tablesWith('organisation_id'),
    }
    scopes = [
      organisations,
      {
        column: 'partner_id',
        policy: 'partner',
        theirs: theirPartner.partnerId,
        ours: ourPartner.partnerId,
        tables: await tablesWith('partner_id'),
      },
      {
        column: 'holder_id',
        policy: 'holder',
        theirs: theirPartner.holderId,
        ours: ourPartner.holderId,
        tables: await tablesWith('holder_id'),
      },
    ]
  })
  afterAll(() => house.close())

  test('is on in every table that belongs to a scope, with a policy for the application', async () => {
    expect(organisations.tables.length).toBeGreaterThan(20)
    expect(scopes[1]?.tables.length).toBeGreaterThan(7)
    expect(scopes[2]?.tables).toContain('holders')
    for (const { tables, policy } of scopes) {
      const unprotected = await house.owner<{ name: string }>(
        `select c.relname as name from pg_class c where c.relname = any ($1) and c.relnamespace = 'public'::regnamespace
          and not (c.relrowsecurity and exists (select from pg_policy p where p.polrelid = c.oid and p.polname = $2))`,
        [tables, policy],
      )
      expect(unprotected).toEqual([])
    }
  })

  test('tables without a scope are the installation’s few', async () => {
    const others = await house.owner<{ name: string }>(
      `select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and relname <> all ($1) order by 1`,
      [all().map(({ table }) => table)],
    )
    expect(others.map((row) => row.name)).toEqual([
      'installation_bounces',
      'installation_clock',
      'installation_secrets',
      'operator_audit_entries',
      'schema_migrations',
      'sftp_bans',
      'sign_in_challenges',
      'sign_in_failures',
    ])
  })

  test('the application owns nothing and passes by nothing', async () => {
    expect(
      await house.owner(`select rolname from pg_roles where rolname in ('vouchsafe_app', 'vouchsafe_unscoped')
        and (rolsuper or rolbypassrls)`),
    ).toEqual([])
    expect(
      await house.owner(`select c.relname from pg_class c join pg_roles r on r.oid = c.relowner
        where r.rolname in ('vouchsafe_app', 'vouchsafe_unscoped')`),
    ).toEqual([])
    expect(inject('server').app.user).not.toBe('vouchsafe_app')
  })

  test('shows, in every table, only what is ours; and without a scope nothing', async () => {
    for (const { table, scope } of all()) {
      const { column, theirs, ours } = scope
      const filled = await house.owner<{ n: number }>(
        `select count(*)::int as n from ${table} where ${column} = $1`,
        [theirs],
      )
      expect(filled[0]?.n, `${table} has rows to hide`).toBeGreaterThan(0)
      const seen = await house.runtime.db.scoped(ours, (tx) =>
        tx.rows<{ scope: string }>(sql`select ${sql.ref(column)} as scope from ${sql.table(table)}`),
      )
      expect(new Set(seen.map((row) => row.scope)), table).toEqual(
        seen.length === 0 ? new Set() : new Set([ours]),
      )
      const unscoped = await house.runtime.db.installation((tx) =>
        tx.rows(sql`select 1 from ${sql.table(table)}`),
      )
      expect(unscoped, `${table} without a scope`).toEqual([])
    }
  })

  test('of one kind of scope nothing of another kind is seen but the ground’s own rows', async () => {
    for (const { table, scope } of all())
      for (const other of scopes.filter((one) => one !== scope)) {
        const seen = await house.runtime.db.scoped(other.ours, (tx) =>
          tx.rows<{ scope: string }>(sql`select ${sql.ref(scope.column)} as scope from ${sql.table(table)}`),
        )
        expect(
          seen.filter((row) => row.scope !== other.ours),
          `${table} seen as ${other.policy}`,
        ).toEqual([])
      }
  })

  test('lets nobody change, move or delete what is another’s', async () => {
    const before = new Map<string, unknown>()
    const stateOf = (table: string, { column, theirs }: Scope): Promise<unknown[]> =>
      house.owner(
        `select md5(string_agg(t::text, '' order by t::text)) as state from ${table} t where ${column} = $1`,
        [theirs],
      )
    for (const { table, scope } of all()) before.set(table, await stateOf(table, scope))
    for (const { table, scope } of all()) {
      const { column, theirs, ours } = scope
      for (const statement of [
        `update ${table} set ${column} = ${column} where ${column} = $1 returning 1`,
        `delete from ${table} where ${column} = $1 returning 1`,
      ])
        expect([0, refused], `${statement}`).toContain(await tryAs(ours, statement, [theirs]))
      // To take a row of theirs over, or to push one of ours to them.
      expect([0, refused, '23503'], `${table} moved`).toContain(
        await tryAs(ours, `update ${table} set ${column} = $1 returning 1`, [theirs]),
      )
      expect(await stateOf(table, scope), table).toEqual(before.get(table))
    }
  })

  test('lets nobody write a row in another’s name', async () => {
    for (const { table, scope } of all()) {
      const [row] = await house.owner<{ row: unknown }>(
        `select to_jsonb(t) as row from ${table} t where ${scope.column} = $1 limit 1`,
        [scope.theirs],
      )
      if (!row) continue
      // A column that the database computes takes no value.
      const [given] = await house.owner<{ columns: string }>(
        `select string_agg(quote_ident(attname), ', ' order by attnum) as columns from pg_attribute
         where attrelid = $1::regclass and attnum > 0 and not attisdropped and attgenerated = ''`,
        [table],
      )
      expect(
        await tryAs(
          scope.ours,
          `insert into ${table} (${given?.columns}) select ${given?.columns} from jsonb_populate_record(null::${table}, $1)`,
          [JSON.stringify(row.row)],
        ),
        table,
      ).toBe(refused)
    }
  })

  test('what is asked before a scope is known are a few columns, and nothing else', async () => {
    const granted = await house.owner<{ table_name: string; columns: string }>(
      `select table_name, string_agg(column_name || ':' || privilege_type, ' ' order by ordinal_position, privilege_type) as columns
        from information_schema.column_privileges join information_schema.columns using (table_schema, table_name, column_name)
        where grantee = 'vouchsafe_unscoped' and table_schema = 'public' group by 1 order by 1`,
    )
    expect(
      Object.fromEntries(granted.map((row) => [row.table_name, row.columns.replaceAll(':SELECT', '')])),
    ).toEqual({
      access_tokens: 'organisation_id id name hash grants expires_at revoked_at',
      fetch_requests: 'organisation_id id token_hash',
      holders: 'holder_id',
      mails: 'organisation_id id message_id',
      operator_audit_entries: 'id at channel action detail',
      organisations: 'organisation_id name name_folded created_at',
      partner_access_tokens: 'partner_id id client_id hash scopes expires_at',
      partner_client_secrets: 'partner_id client_id hash retired_at',
      partner_clients: 'partner_id id scopes disabled_at',
      partners: 'partner_id name name_folded test_holder_id created_at',
      register_health: 'register state recent_good recent_faults',
      sftp_account_keys: 'organisation_id account_id fingerprint public_key',
      sftp_accounts:
        'organisation_id id username username_folded password_hash requires is_enabled allowed_addresses deleted_at',
      timers: 'organisation_id kind subject_id due_at is_quiet_time',
      user_links: 'organisation_id id hash',
      user_second_factors: 'organisation_id user_id credential_id',
      user_sessions: 'organisation_id id user_id hash created_at last_used_at expires_at',
      users: 'organisation_id id email_folded role is_disabled joined_at deleted_at',
    })
    await expect(
      house.runtime.db.unscoped((tx) => tx.rows(sql`select * from workers`)),
    ).rejects.toMatchObject({
      code: refused,
    })
  })
})
