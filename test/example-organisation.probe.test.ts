import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { expect, test } from 'vitest'
import { openTestHouse, operator } from './harness.ts'
import { receiveFile, runById } from '../server/exchange/imports/imports.ts'
import { setMappings } from '../server/workforce/credential-types/credential-types.ts'
import { setSetting } from '../server/tenancy/organisations/organisations.ts'
import { writeFileSync } from 'node:fs'
const folder = new URL('../examples/organisation/', import.meta.url)
test('probe', async () => {
  const house = await openTestHouse()
  const { id } = await house.newOrganisation()
  const pairs = (await readFile(new URL('mappings.csv', folder), 'utf8')).trim().split('\n').slice(1).map((l) => { const [code='', target=''] = l.split(','); return { code, target } })
  await house.runtime.write(id, operator, (ctx) => setMappings(ctx, pairs))
  await house.runtime.write(id, operator, (ctx) => setSetting(ctx, 'import.acceptDeclared', [...new Set(pairs.map((p) => p.target))].join(',')))
  let out = ''
  let n = 0
  for (const path of ['HRMS-POS-20260201_060500.csv','HRMS-20260201_060000.csv','next-day/HRMS-20260202_060000.csv','broken-export/HRMS-20260203_060000.csv']) {
    const blob = await house.runtime.storage.write(id, (async function* () { yield await readFile(new URL(path, folder)) })())
    n++
    const run = await house.runtime.write(id, { ...operator, channel: 'SFTP' }, (ctx) => receiveFile(ctx, { fileName: basename(path), blob, fileId: 'fil_' + n }))
    house.clock.advance('10m')
    await house.drain()
    const r = await house.runtime.read(id, operator, (ctx) => runById(ctx, run.id))
    out += JSON.stringify({ ...r, deactivatedWorkerIds: r.deactivatedWorkerIds.length }, null, 1) + '\n'
    const rows = await house.owner<any>(`select "row", cells, row_status, row_severity, messages from import_rows where run_id = $1 and (row_severity <> 'OK' or row_status='REJECTED') order by "row"`, [run.id])
    for (const x of rows) out += `${x.row} ${x.row_status} ${x.row_severity} ${x.cells[0]} ${x.cells[8]} ${JSON.stringify(x.cells[9])} ${x.messages.map((m: any) => m.rule + ': ' + m.detail).join(' | ')}\n`
    const st = await house.owner<any>(`select licence_status, count(*) from credentials where organisation_id=$1 and lifecycle='ACTIVE' group by 1`, [id]).catch((e) => String(e))
    out += JSON.stringify(st) + '\n'
  }
  writeFileSync('/tmp/probe.out', out)
  await house.close()
}, 120000)
