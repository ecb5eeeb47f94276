/** Documents that come as a ZIP archive with a manifest, well made and hostile. */
import { deflateRawSync } from 'node:zlib'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { pdf } from '../../../test/documents.ts'
import { openTestHouse, operator, type TestHouse } from '../../../test/harness.ts'
import { zipOf, type ZipEntry } from '../../../test/zip-builder.ts'
import { setMappings } from '../../workforce/credential-types/credential-types.ts'
import { processRuns, receiveFile, runById, type ImportRun } from './imports.ts'

const people = `external_id,first_name,last_name,dob,email,position_id,licence_type,licence_number,issue_date,expiry_date
E1,Sam,Chen,1992-03-15,e1@example.com,RN,NURSE,NMW0000000001,2020-06-01,2026-05-31
E1,Sam,Chen,1992-03-15,e1@example.com,RN,VICWWC,1234567A-01,2020-06-01,2027-05-31
E2,Kim,Lee,1990-01-01,e2@example.com,RN,NURSE,NMW0000000002,2020-06-01,2026-05-31
E2,Kim,Lee,1990-01-01,e2@example.com,RN,NURSE,NMW0000000003,2020-06-01,2026-05-31
`
const head = 'external_id,licence_type,licence_number,file\n'

let house: TestHouse
let organisationId: string
let files = 0

beforeAll(async () => {
  house = await openTestHouse()
})
afterAll(() => house.close())
beforeEach(async () => {
  organisationId = (await house.newOrganisation()).id
  await house.runtime.write(organisationId, operator, (ctx) =>
    setMappings(ctx, [
      { code: 'NURSE', target: 'AHPRA' },
      { code: 'VICWWC', target: 'WWCC_VIC' },
    ]),
  )
  await run('HRMS-20260101.csv', Buffer.from(people))
})

async function receive(fileName: string, bytes: Buffer): Promise<string> {
  const blob = await house.runtime.storage.write(
    organisationId,
    (async function* () {
      yield bytes
    })(),
  )
  files += 1
  const { id } = await house.runtime.write(organisationId, { ...operator, channel: 'SFTP' }, (ctx) =>
    receiveFile(ctx, {
      fileName,
      blob,
      fileId: `fil_${files}`,
      ...(fileName.endsWith('.zip') ? { fileKind: 'ATTACHMENT' as const } : {}),
    }),
  )
  return id
}

const runOf = (id: string): Promise<ImportRun> =>
  house.runtime.read(organisationId, operator, (ctx) => runById(ctx, id))

async function run(fileName: string, bytes: Buffer): Promise<ImportRun> {
  const id = await receive(fileName, bytes)
  await house.drain()
  return runOf(id)
}

const send = (entries: readonly ZipEntry[], options?: Parameters<typeof zipOf>[1]): Promise<ImportRun> =>
  run('HRMS-ATT-20260201_060000.zip', zipOf(entries, options))

interface Row {
  readonly row: number
  readonly status: string
  readonly rules: string[]
  readonly details: string[]
}

const rowsOf = ({ id }: ImportRun): Promise<Row[]> =>
  house.owner<Row>(
    `select "row", row_status as status, array(select m->>'rule' from jsonb_array_elements(messages) m) as rules,
      array(select m->>'detail' from jsonb_array_elements(messages) m) as details
     from import_rows where run_id = $1 order by "row"`,
    [id],
  )

const attachments = (): Promise<{ name: string; number: string; source: string }[]> =>
  house.owner(
    `select a.file_name as name, c.number_normalised as number, a.source from attachments a
     join credentials c on c.id = a.credential_id where a.organisation_id = $1 order by a.file_name, c.number_normalised`,
    [organisationId],
  )

const keptBlobs = async (): Promise<number> => {
  let count = 0
  for await (const { key } of house.runtime.storage.list(organisationId)) count += key === '' ? 0 : 1
  return count
}

describe('an archive of documents', () => {
  test('gives each credential its document, and says of each row what became of it', async () => {
    const done = await send([
      {
        name: 'manifest.csv',
        data: `${head}E1,NURSE,NMW0000000001,ahpra.pdf\nE1,VICWWC,,cards/wwc.pdf\nE2,NURSE,nmw 0000000002,both.pdf\nE2,NURSE,NMW0000000003,both.pdf\n`,
      },
      { name: 'ahpra.pdf', data: pdf(1), method: 0 },
      { name: 'cards/', data: '' },
      { name: 'cards/wwc.pdf', data: pdf(2) },
      { name: 'both.pdf', data: pdf(3), zip64: true },
      { name: '__MACOSX/._both.pdf', data: 'litter' },
      { name: 'left over.pdf', data: pdf(1) },
    ])
    expect(done).toMatchObject({
      status: 'COMPLETED',
      fileType: 'ATTACHMENT',
      mode: 'UPSERT',
      fault: null,
      counts: { rows: 4, created: 4, unchanged: 0, rejected: 0 },
    })
    expect(done.notes.filter(({ code }) => code === 'FILES_UNNAMED')).toEqual([
      { code: 'FILES_UNNAMED', detail: expect.stringContaining('names left over.pdf: not taken') },
    ])
    expect(await rowsOf(done)).toMatchObject(
      Array.from({ length: 4 }, () => ({ status: 'CREATED', rules: [] })),
    )
    expect(await attachments()).toEqual([
      { name: 'ahpra.pdf', number: 'NMW0000000001', source: 'sftp' },
      { name: 'both.pdf', number: 'NMW0000000002', source: 'sftp' },
      { name: 'both.pdf', number: 'NMW0000000003', source: 'sftp' },
      { name: 'wwc.pdf', number: expect.any(String) as string, source: 'sftp' },
    ])
    expect(done.resultsBlob).not.toBeNull()
  })

  test('is taken once, however often it is sent; a folder that was zipped is one too', async () => {
    const entries = [
      { name: 'papers/manifest.csv', data: `${head}E1,NURSE,NMW0000000001,ahpra.pdf\n` },
      { name: 'papers/ahpra.pdf', data: pdf(1) },
    ]
    expect(await send(entries)).toMatchObject({ counts: { created: 1 } })
    expect(await send(entries)).toMatchObject({ counts: { created: 0, unchanged: 1 } })
    expect(await attachments()).toHaveLength(1)
  })

  test('rejects a row with what is to be mended, and takes the others', async () => {
    const blobsBefore = await keptBlobs()
    const rows = [
      ['E9,NURSE,NMW0000000001,ok.pdf', 'UNKNOWN_WORKER', 'Nobody of HRMS has this external_id'],
      ['E1,NURSE,NMW0000000009,ok.pdf', 'UNKNOWN_CREDENTIAL', 'has no AHPRA with this number'],
      ['E2,NURSE,,ok.pdf', 'AMBIGUOUS_CREDENTIAL', 'Say by its licence_number'],
      ['E1,NURZE,NMW0000000001,ok.pdf', 'UNMAPPED_LICENCE_TYPE', 'has no mapping'],
      [',NURSE,NMW0000000001,ok.pdf', 'REQUIRED', 'external_id is empty'],
      ['E1,NURSE,NMW0000000001', 'CELL_COUNT', 'The row has 3 values'],
      ['E1,NURSE,NMW0000000001,none.pdf', 'FILE_MISSING', 'no file of this name'],
      ['E1,NURSE,NMW0000000001,../ok.pdf', 'FILE_PATH', 'leads out of the archive'],
      ['E1,NURSE,NMW0000000001,/etc/passwd', 'FILE_PATH', 'leads out of the archive'],
      ['E1,NURSE,NMW0000000001,..\\..\\windows.pdf', 'FILE_PATH', 'leads out of the archive'],
      ['E1,NURSE,NMW0000000001,link.pdf', 'FILE_UNREADABLE', 'is a link'],
      ['E1,NURSE,NMW0000000001,locked.pdf', 'FILE_UNREADABLE', 'is encrypted in the archive'],
      ['E1,NURSE,NMW0000000001,lzma.pdf', 'FILE_UNREADABLE', 'Pack it as an ordinary ZIP'],
      ['E1,NURSE,NMW0000000001,twice.pdf', 'FILE_UNREADABLE', 'more than once'],
      ['E1,NURSE,NMW0000000001,empty.pdf', 'FILE_REFUSED', '0 bytes'],
      ['E1,NURSE,NMW0000000001,nested.zip', 'FILE_REFUSED', 'not taken'],
      ['E1,NURSE,NMW0000000001,text.pdf', 'FILE_REFUSED', 'not taken'],
      ['E1,NURSE,NMW0000000001,cut.pdf', 'FILE_REFUSED', ''],
      ['E1,NURSE,NMW0000000001,crc.pdf', 'FILE_DAMAGED', 'check sum'],
      ['E1,NURSE,NMW0000000001,short.pdf', 'FILE_DAMAGED', 'Pack it anew'],
      ['E1,NURSE,NMW0000000001,noise.pdf', 'FILE_DAMAGED', 'Pack it anew'],
      ['E1,NURSE,NMW0000000001,large.pdf', 'FILE_TOO_LARGE', 'at most 10485760'],
    ] as const
    const done = await send([
      {
        name: 'manifest.csv',
        data: `${head}${rows.map(([line]) => line).join('\n')}\nE1,NURSE,NMW0000000001,ok.pdf\n`,
      },
      { name: 'ok.pdf', data: pdf(1) },
      { name: '../ok.pdf', data: pdf(1) },
      { name: '/etc/passwd', data: 'root' },
      { name: '..\\..\\windows.pdf', data: pdf(1) },
      { name: 'link.pdf', data: '/etc/passwd', mode: 0o120777 },
      { name: 'locked.pdf', data: pdf(1), flags: 1 },
      { name: 'lzma.pdf', data: pdf(1), method: 14 },
      { name: 'twice.pdf', data: pdf(1) },
      { name: 'twice.pdf', data: pdf(2) },
      { name: 'empty.pdf', data: '' },
      { name: 'nested.zip', data: zipOf([{ name: 'manifest.csv', data: head }]) },
      { name: 'text.pdf', data: 'just words' },
      { name: 'cut.pdf', data: pdf(1).subarray(0, 200) },
      { name: 'crc.pdf', data: pdf(1), crc: 1 },
      // The directory says less than there is: no more than it says is ever unpacked.
      { name: 'short.pdf', data: pdf(3), size: 100 },
      { name: 'noise.pdf', data: Buffer.alloc(500, 0xff), method: 8, packedSize: 3 },
      { name: 'large.pdf', data: Buffer.alloc(10_485_761) },
    ])
    expect(done).toMatchObject({
      status: 'COMPLETED',
      counts: { rows: rows.length + 1, created: 1, rejected: rows.length },
    })
    const kept = await rowsOf(done)
    rows.forEach(([line, rule, words], n) => {
      expect(kept[n], line).toMatchObject({ row: n + 1, status: 'REJECTED', rules: [rule] })
      expect(kept[n]?.details[0], line).toContain(words)
    })
    expect(kept.at(-1)).toMatchObject({ status: 'CREATED', rules: [] })
    expect(await attachments()).toMatchObject([{ name: 'ok.pdf' }])
    // The archive, its results and summary, the document, the export that follows: nothing is left of what was refused.
    expect(await keptBlobs()).toBe(blobsBefore + 5)
  })

  test('finds names in any spelling: not UTF-8, taken apart by macOS, with a dot before', async () => {
    const done = await send([
      {
        name: 'manifest.csv',
        data: `${head}E1,NURSE,NMW0000000001,é.pdf\nE1,VICWWC,,./Zoë.pdf\nE2,NURSE,NMW0000000002,sub/Übung.pdf\n`,
      },
      { name: Buffer.from([0x82, 0x2e, 0x70, 0x64, 0x66]), data: pdf(1) }, // é in the character set of PCs
      { name: 'Zoe\u0308.pdf', data: pdf(2) },
      { name: Buffer.from('sub\\Übung.pdf'), data: pdf(3) }, // UTF-8 that does not say so
    ])
    expect(await rowsOf(done)).toMatchObject([{ rules: [] }, { rules: [] }, { rules: [] }])
    expect((await attachments()).map(({ name }) => name).sort()).toEqual(
      ['Zoë.pdf', 'Übung.pdf', 'é.pdf'].sort(),
    )
  })

  const manifest = { name: 'manifest.csv', data: `${head}E1,NURSE,NMW0000000001,ok.pdf\n` }
  const ok = { name: 'ok.pdf', data: pdf(1) }
  const bomb = Buffer.alloc(9_000_000)
  test.each<[string, string, () => Buffer]>([
    ['no archive', 'BROKEN_ARCHIVE', () => Buffer.from('just words')],
    ['nothing', 'BROKEN_ARCHIVE', () => Buffer.alloc(0)],
    ['an archive that is cut off', 'BROKEN_ARCHIVE', () => zipOf([manifest, ok]).subarray(0, -30)],
    ['no manifest', 'MANIFEST_MISSING', () => zipOf([ok])],
    [
      'several manifests',
      'MANIFEST_TWICE',
      () => zipOf([{ ...manifest, name: 'a/manifest.csv' }, { ...manifest, name: 'b/Manifest.CSV' }, ok]),
    ],
    ['an encrypted manifest', 'MANIFEST_UNREADABLE', () => zipOf([{ ...manifest, flags: 1 }, ok])],
    ['a damaged manifest', 'ENTRY_DAMAGED', () => zipOf([{ ...manifest, crc: 7 }, ok])],
    [
      'a manifest without a column',
      'MISSING_COLUMN',
      () => zipOf([{ ...manifest, data: 'external_id,file\n' }]),
    ],
    [
      'a manifest that is a bomb',
      'MANIFEST_TOO_LARGE',
      () => zipOf([{ ...manifest, data: Buffer.alloc(17_000_000) }]),
    ],
    [
      'a directory that names more entries than there are',
      'BROKEN_ARCHIVE',
      () => zipOf([manifest, ok], { count: 9 }),
    ],
    ['an entry beyond the end', 'BROKEN_ARCHIVE', () => zipOf([manifest, { ...ok, packedSize: 9_999_999 }])],
    [
      'entries that lie over each other',
      'BROKEN_ARCHIVE',
      () =>
        zipOf([manifest, ok, { ...ok, name: 'again.pdf', offset: zipOf([manifest]).indexOf('PK\x01\x02') }]),
    ],
    [
      'a bomb of many entries',
      'ARCHIVE_TOO_LARGE',
      () => zipOf([manifest, ...Array.from({ length: 25 }, (_, n) => ({ name: `${n}.pdf`, data: bomb }))]),
    ],
    [
      'one entry named again and again',
      'ARCHIVE_TOO_LARGE',
      () =>
        zipOf([
          { name: 'manifest.csv', data: `${head}${'E1,NURSE,NMW0000000001,zeros.pdf\n'.repeat(25)}` },
          { name: 'zeros.pdf', data: bomb },
        ]),
    ],
    [
      'more rows than are taken',
      'TOO_MANY_ROWS',
      () => zipOf([{ ...manifest, data: `${head}${'E9,X,1,ok.pdf\n'.repeat(10_001)}` }]),
    ],
  ])('that is %s fails as a whole, and says so', async (_what, rule, make) => {
    const done = await run('HRMS-ATT-20260201_060000.zip', make())
    expect(done).toMatchObject({ status: 'FAILED', fault: { code: rule } })
    expect(done.fault?.detail).toMatch(/\.$/)
    expect(await attachments()).toEqual([])
  })

  test('of ten thousand entries is read', async () => {
    const packed = deflateRawSync(Buffer.from('words'))
    expect(packed.length).toBeLessThan(20)
    const done = await send([
      { name: 'manifest.csv', data: `${head}E1,NURSE,NMW0000000001,9999.pdf\n` },
      ...Array.from({ length: 9_999 }, (_, n) => ({ name: `${n}.pdf`, data: 'words' })),
      { name: '9999.pdf', data: pdf(1) },
    ])
    expect(done).toMatchObject({ status: 'COMPLETED', counts: { created: 1 } })
    expect(done.notes.find(({ code }) => code === 'FILES_UNNAMED')?.detail).toContain('and 9989 more')
  })

  test('is gone on with after a crash at any step, and no row or document comes twice', async () => {
    const entries = [
      {
        name: 'manifest.csv',
        data: `${head}E1,NURSE,NMW0000000001,a.pdf\nE9,NURSE,1,a.pdf\nE2,NURSE,NMW0000000002,b.pdf\nE1,NURSE,NMW0000000001,a.pdf\n`,
      },
      { name: 'a.pdf', data: pdf(1) },
      { name: 'b.pdf', data: pdf(2) },
    ]
    const { runtime } = house
    const { write: writeUnit } = runtime
    const { write: writeBlob } = runtime.storage
    let stepsLeft = Infinity
    const step = (): void => {
      stepsLeft -= 1
      if (stepsLeft === 0) throw Object.assign(new Error('the process ends here'), { code: 'ECRASH' })
    }
    let crashes = 0
    try {
      Object.assign(runtime, {
        write: async (...args: Parameters<typeof writeUnit>) => {
          step()
          const result = await writeUnit(...args)
          step()
          return result
        },
      })
      runtime.storage.write = async (...args: Parameters<typeof writeBlob>) => {
        step()
        const result = await writeBlob(...args)
        step()
        return result
      }
      for (let at = 1; ; at += 1) {
        const id = await receive(`HRMS-ATT-20260201_0600${String(at).padStart(2, '0')}.zip`, zipOf(entries))
        stepsLeft = at
        await processRuns(runtime, organisationId).catch((error: unknown) => {
          expect(error).toMatchObject({ code: 'ECRASH' })
          crashes += 1
        })
        const isOver = stepsLeft > 0
        stepsLeft = Infinity
        await processRuns(runtime, organisationId)
        const done = await runOf(id)
        expect(done, `crash at step ${at}`).toMatchObject({ status: 'COMPLETED' })
        expect(
          (await rowsOf(done)).map(({ status }) => status),
          `crash at step ${at}`,
        ).toEqual(
          at === 1
            ? ['CREATED', 'REJECTED', 'CREATED', 'UNCHANGED']
            : ['UNCHANGED', 'REJECTED', 'UNCHANGED', 'UNCHANGED'],
        )
        expect(await attachments()).toHaveLength(2)
        if (isOver) break
      }
    } finally {
      Object.assign(runtime, { write: writeUnit })
      runtime.storage.write = writeBlob
    }
    expect(crashes).toBeGreaterThan(10)
  })
})
