/** `/imports` */
import { z } from 'zod'
import type { ReadContext } from '../../platform/context.ts'
import { numberKey, pagingQuery, textKey, timeKey, updatedSince } from '../../platform/http/paging.ts'
import { fileRoute, listRoute, resourceRoute, type Resource, type Route } from '../../platform/http/route.ts'
import {
  importAttributes,
  importRowAttributes,
  importStatuses,
  newImport,
  proposalAttributes,
  rowStatuses,
  type ImportRun,
} from './imports.schema.ts'
import {
  approveRun,
  cancelRun,
  fileBytesMax,
  listRows,
  listRuns,
  mappingProposals,
  mendRow,
  openResults,
  receiveFile,
  rejectRun,
  rowOf,
  runById,
} from './imports.ts'

/** A run as the API shows it: the same attributes as `<stem>-summary.json`. */
function resource(run: ImportRun): Resource {
  const { id, updatedAt, ...rest } = run
  return { id, attributes: importAttributes.parse(rest), lastUpdated: updatedAt }
}

async function shownRow(
  ctx: ReadContext,
  { id = '', row = '' }: Readonly<Record<string, string>>,
): Promise<Resource> {
  const { row: found, lastUpdated } = await rowOf(ctx, id, /^[1-9]\d{0,9}$/.test(row) ? Number(row) : 0)
  return { id: String(found.row), attributes: found, lastUpdated }
}

const planHash = '39d98a74c64bbf8afa8c4b26482b50830cc641dc15010839d374f86f91c59db3'
const example = {
  id: 'imp_7cQw51LgTy2dMn8P',
  type: 'import',
  attributes: {
    fileName: 'HRMS-20260129_143000.csv',
    fileType: 'EMPLOYEE',
    source: 'HRMS',
    mode: 'SNAPSHOT',
    channel: 'SFTP',
    status: 'HELD',
    planHash,
    holdReasons: ['DEACTIVATIONS'],
    notes: [],
    counts: {
      rows: 180,
      created: 0,
      updated: 0,
      unchanged: 180,
      rejected: 0,
      warnings: 0,
      workersDeactivated: 120,
    },
    deactivatedWorkerIds: ['wkr_9bXe27KfQz0aLw3M'],
    fault: null,
    supersededBy: null,
    receivedAt: '2026-02-01T00:00:00.000Z',
    startedAt: '2026-02-01T00:00:05.000Z',
    finishedAt: null,
  },
  lastUpdated: '2026-02-01T00:00:06.000Z',
}
const rowExample = {
  id: '3',
  type: 'importRow',
  attributes: {
    row: 3,
    line: 4,
    status: 'REJECTED',
    severity: 'ERROR',
    messages: [
      {
        severity: 'ERROR',
        column: 'dob',
        value: '31/05/1990',
        rule: 'DATE',
        detail: 'Dates are written YYYY-MM-DD; "31/05/1990" probably means 1990-05-31.',
      },
    ],
    values: { external_id: 'EMP003', first_name: 'Sarah', last_name: 'Chen', dob: '31/05/1990' },
    mended: [],
    workerId: null,
    credentialId: null,
  },
  lastUpdated: '2026-02-01T00:00:06.000Z',
}
const read = { entity: 'import', verb: 'READ' } as const
const update = { entity: 'import', verb: 'UPDATE' } as const
const params = { id: example.id }
const create = { entity: 'import', verb: 'CREATE' } as const
const described = { tag: 'Imports', type: 'import', attributes: importAttributes, example } as const

export const importRoutes: readonly Route[] = [
  listRoute({
    ...described,
    method: 'GET',
    path: '/imports',
    name: 'listImports',
    summary: 'List import runs.',
    grant: read,
    order: 'arrival, newest first',
    query: z.strictObject({
      ...pagingQuery,
      status: z.enum(importStatuses).optional(),
      source: z.string().optional().describe('The source, without case.'),
      updatedSince,
    }),
    run: async (call, { pageSize: limit, offset, after }) => {
      const place = after === null ? undefined : timeKey(after)
      const key = place && { receivedAt: place.at, id: place.id }
      const { runs, total } = await call.read((ctx) =>
        listRuns(ctx, call.query, { limit, offset, after: key }),
      )
      const last = runs.at(-1)
      return {
        resources: runs.map(resource),
        total,
        nextKey: runs.length < limit || !last ? null : [last.receivedAt.toISOString(), last.id],
      }
    },
  }),
  resourceRoute({
    ...described,
    method: 'POST',
    path: '/imports',
    name: 'createImport',
    summary: 'Bring a file of people and credentials, or of position requirements, as CSV or XLSX.',
    description:
      'The file is planned and applied shortly after the answer: follow it with `GET /imports/{id}`. It changes what it names (`UPSERT`) unless `mode` is `SNAPSHOT`, which also deactivates who is missing. With `dryRun=true` it stops at the plan, whose rows can be looked at and mended before its hash is applied.',
    grant: create,
    errors: ['FILE_NAME_INVALID'],
    creates: '/imports/{id}',
    query: z.strictObject({
      dryRun: z.enum(['true', 'false']).optional().describe('`true` stops at the plan.'),
    }),
    upload: {
      description: 'The file, named `.csv` or `.xlsx`.',
      example:
        'external_id,first_name,last_name,dob,email,position_id,licence_type,licence_number,issue_date,expiry_date\nEMP001,Sarah,Chen,1992-03-15,sarah.chen@example.com,RN-001,AHPRA,NMW0001234567,2025-06-01,2026-05-31\n',
      bytesMax: fileBytesMax,
    },
    body: newImport,
    bodyExample: { source: 'HRMS' },
    run: async (call) => {
      const { file, body } = call
      if (!file) throw new Error('an upload without its file')
      return call.write(async (ctx) => {
        const { id } = await receiveFile(ctx, {
          fileName: file.name,
          blob: file.blob,
          fileId: null,
          columnMapping: body.mapping ?? {},
          stopAtPlan: call.query.dryRun === 'true',
          ...(body.source === undefined ? {} : { source: body.source }),
          ...(body.mode === undefined ? {} : { mode: body.mode }),
          ...(body.fileType === undefined ? {} : { fileKind: body.fileType }),
          ...(body.sheet === undefined ? {} : { sheet: body.sheet }),
        })
        return resource(await runById(ctx, id))
      })
    },
  }),
  resourceRoute({
    ...described,
    method: 'GET',
    path: '/imports/{id}',
    name: 'getImport',
    summary: 'Get an import run.',
    grant: read,
    params,
    run: async (call) => resource(await call.read((ctx) => runById(ctx, call.params['id'] ?? ''))),
  }),
  listRoute({
    method: 'GET',
    path: '/imports/{id}/rows',
    name: 'listImportRows',
    summary: 'List what became of each row.',
    tag: 'Imports',
    grant: read,
    params,
    type: 'importRow',
    attributes: importRowAttributes,
    example: rowExample,
    order: 'row',
    query: z.strictObject({ ...pagingQuery, status: z.enum(rowStatuses).optional() }),
    run: async (call, { pageSize: limit, offset, after }) => {
      const { rows, total, lastUpdated } = await call.read((ctx) =>
        listRows(ctx, call.params['id'] ?? '', call.query.status, {
          limit,
          offset,
          after: after === null ? 0 : numberKey(after),
        }),
      )
      const last = rows.at(-1)
      return {
        resources: rows.map((row) => ({ id: String(row.row), attributes: row, lastUpdated })),
        total,
        nextKey: rows.length < limit || !last ? null : [last.row],
      }
    },
  }),
  resourceRoute({
    method: 'GET',
    path: '/imports/{id}/rows/{row}',
    name: 'getImportRow',
    summary: 'Get what became of a row.',
    tag: 'Imports',
    grant: read,
    params: { ...params, row: '3' },
    type: 'importRow',
    attributes: importRowAttributes,
    example: rowExample,
    run: (call) => call.read((ctx) => shownRow(ctx, call.params)),
  }),
  resourceRoute({
    method: 'PATCH',
    path: '/imports/{id}/rows/{row}',
    name: 'mendImportRow',
    summary: 'Mend a row before its plan is applied.',
    description:
      'Reads the row with other values than the file has, and plans anew: the run has a new `planHash` then, and waits for it to be applied. The file stays as it came; the results file shows the mended values.',
    tag: 'Imports',
    grant: update,
    params: { ...params, row: '3' },
    type: 'importRow',
    attributes: importRowAttributes,
    example: {
      ...rowExample,
      attributes: {
        ...rowExample.attributes,
        status: 'CREATED',
        severity: 'OK',
        messages: [],
        values: { ...rowExample.attributes.values, dob: '1990-05-31' },
        mended: ['dob'],
      },
    },
    errors: ['IMPORT_STATE', 'CONFLICT'],
    body: z.strictObject({
      values: z
        .record(z.string().max(200), z.string().max(10_000))
        .refine((values) => Object.keys(values).length > 0, 'must name a column at least')
        .describe(
          'New values by column, under the names by which messages call the columns. The others stay.',
        ),
    }),
    bodyExample: { values: { dob: '1990-05-31' } },
    find: (call) => call.read((ctx) => shownRow(ctx, call.params)),
    // Under the lock of the organisation's runs nothing else changes it.
    current: shownRow,
    run: async ({ runtime, organisationId, caller, body, ...call }) => {
      const { id = '', row = '' } = call.params
      await mendRow(runtime, organisationId, caller, id, Number(row), body.values, (ctx) =>
        call.assertMatch(ctx),
      )
      return call.read((ctx) => shownRow(ctx, call.params))
    },
  }),
  fileRoute({
    method: 'GET',
    path: '/imports/{id}/results.csv',
    name: 'getImportResults',
    summary: 'Get the results file: the original rows with what became of each.',
    tag: 'Imports',
    grant: read,
    params,
    errors: ['IMPORT_STATE'],
    mediaType: 'text/csv',
    run: (call) => openResults(call.runtime, call.organisationId, call.caller, call.params['id'] ?? ''),
  }),
  resourceRoute({
    ...described,
    method: 'POST',
    path: '/imports/{id}/apply',
    name: 'applyImport',
    summary: 'Apply exactly the plan that has this hash.',
    description:
      'Applies the plan of a run that is HELD or PLANNED. When anything the plan rests on has changed, the answer is 409 `PLAN_STALE` with the new `planHash`.',
    grant: update,
    params,
    errors: ['PLAN_STALE', 'IMPORT_STATE', 'CONFLICT'],
    body: z.strictObject({
      planHash: z.string().regex(/^[0-9a-f]{64}$/, 'must be the 64 hexadecimal digits of a plan’s hash'),
    }),
    bodyExample: { planHash },
    find: (call) => call.read((ctx) => runById(ctx, call.params['id'] ?? '')),
    run: async (call) =>
      resource(
        await approveRun(
          call.runtime,
          call.organisationId,
          call.caller,
          call.params['id'] ?? '',
          call.body.planHash,
        ),
      ),
  }),
  resourceRoute({
    ...described,
    method: 'POST',
    path: '/imports/{id}/reject',
    name: 'rejectImport',
    summary: 'Say no to a plan that waits.',
    grant: update,
    params,
    errors: ['IMPORT_STATE'],
    run: async (call) => {
      const id = call.params['id'] ?? ''
      return call.write(async (ctx) => {
        await rejectRun(ctx, id)
        return resource(await runById(ctx, id))
      })
    },
  }),
  resourceRoute({
    ...described,
    method: 'POST',
    path: '/imports/{id}/cancel',
    name: 'cancelImport',
    summary: 'Take back a file that was not begun, or whose plan waits.',
    grant: update,
    params,
    errors: ['IMPORT_STATE'],
    run: async (call) => {
      const id = call.params['id'] ?? ''
      return call.write(async (ctx) => {
        await cancelRun(ctx, id)
        return resource(await runById(ctx, id))
      })
    },
  }),
  listRoute({
    method: 'GET',
    path: '/licence-type-mappings/proposals',
    name: 'listMappingProposals',
    summary: 'List codes that files used and nothing stands for yet, with what they may mean.',
    description: 'From the files of the last 30 days. Nothing is mapped by a proposal: a person decides.',
    tag: 'Credential types',
    grant: { entity: 'credentialType', verb: 'READ' },
    type: 'mappingProposal',
    attributes: proposalAttributes,
    example: {
      id: 'VICWWC',
      type: 'mappingProposal',
      attributes: {
        code: 'VICWWC',
        rows: 42,
        credentialTypes: ['WWCC_VIC'],
        lastSeenAt: '2026-02-01T00:00:00.000Z',
      },
      lastUpdated: '2026-02-01T00:00:00.000Z',
    },
    order: 'how many rows use the code, most first',
    query: z.strictObject({ ...pagingQuery, updatedSince }),
    run: async ({ read: inScope, query }, { pageSize, offset, after }) => {
      const all = (await inScope((ctx) => mappingProposals(ctx))).filter(
        ({ lastSeenAt }) => query.updatedSince === undefined || lastSeenAt >= query.updatedSince,
      )
      const [code] = after === null ? [null] : textKey(after, 1)
      const start = code === null ? offset : all.findIndex((one) => one.code === code) + 1
      const page = all.slice(start, start + pageSize)
      const last = page.at(-1)
      return {
        resources: page.map((one) => ({ id: one.code, attributes: one, lastUpdated: one.lastSeenAt })),
        total: all.length,
        nextKey: page.length < pageSize || !last ? null : [last.code],
      }
    },
  }),
]
