/** `vouchsafe mapping …` */
import { AppError } from '../../platform/errors.ts'
import { requiredText, table, type CommandDefinition } from '../../platform/cli/command.ts'
import { findOrganisation } from '../../tenancy/organisations/organisations.ts'
import { listMappings, setMappings, type MappingPair } from './credential-types.ts'

const org = { flags: '--org <org>', description: 'id or name of the organisation', isRequired: true }
const fileBytesMax = 1_048_576

/** `code,credential_type` with a header; quotes are optional and may not hold commas. */
async function readPairs(file: AsyncIterable<Buffer>): Promise<MappingPair[]> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of file) {
    bytes += chunk.length
    if (bytes > fileBytesMax)
      throw new AppError('BODY_TOO_LARGE', `A mapping file has at most ${fileBytesMax} bytes.`)
    chunks.push(chunk)
  }
  const lines = Buffer.concat(chunks)
    .toString('utf8')
    .replace(/^\uFEFF/, '')
    .split(/\r\n|\n|\r/)
  const [header = '', ...rest] = lines
  const cells = (line: string): string[] =>
    line.split(',').map((cell) => cell.trim().replace(/^"(.*)"$/, '$1'))
  if (cells(header).join().toLowerCase() !== 'code,credential_type') {
    throw new AppError('FILE_FAULTY', 'The first line must be: code,credential_type')
  }
  return rest.flatMap((line, index) => {
    if (line.trim() === '') return []
    const [code, target, ...more] = cells(line)
    if (code === undefined || target === undefined || more.length > 0) {
      throw new AppError('FILE_FAULTY', `Line ${index + 2} must have two values: code,credential_type.`)
    }
    return [{ code, target }]
  })
}

export const credentialTypeCommands: readonly CommandDefinition[] = [
  {
    path: 'mapping set',
    summary: 'Say which credential type one of the organisation’s own codes stands for.',
    example: 'vouchsafe mapping set --org "Sunrise Aged Care" VICWWC WWCC_VIC',
    arguments: [
      { name: 'code', description: 'the code as it stands in the files' },
      { name: 'credential-type', description: 'the credential type, for example WWCC_VIC' },
    ],
    options: [org],
    run: async ({ runtime, caller }, input) => {
      const organisation = await findOrganisation(runtime, requiredText(input, 'org'))
      const pair = { code: requiredText(input, 'code'), target: requiredText(input, 'credentialType') }
      const changed = await runtime.write(organisation.id, caller, (ctx) => setMappings(ctx, [pair]))
      const { credentialType } = (
        await runtime.read(organisation.id, caller, (ctx) => listMappings(ctx))
      ).find((one) => one.code === pair.code.trim()) ?? { credentialType: pair.target }
      return {
        output: { code: pair.code, credentialType, changed: changed === 1 },
        text: `${pair.code} stands for ${credentialType}.`,
      }
    },
  },
  {
    path: 'mapping import',
    summary:
      'Set many mappings from a CSV file (code,credential_type): all of them or, if one is faulty, none.',
    example: 'vouchsafe mapping import --org "Sunrise Aged Care" examples/organisation/mappings.csv',
    arguments: [{ name: 'file', description: 'the CSV file' }],
    options: [org],
    fileInput: 'file',
    run: async ({ runtime, caller, file }, input) => {
      const organisation = await findOrganisation(runtime, requiredText(input, 'org'))
      const pairs = await readPairs(file)
      const changed = await runtime.write(organisation.id, caller, (ctx) => setMappings(ctx, pairs))
      return {
        output: { mappings: pairs.length, changed },
        text: `${pairs.length} mappings, ${changed} of them new or changed.`,
      }
    },
  },
  {
    path: 'mapping list',
    summary: 'List an organisation’s mappings.',
    example: 'vouchsafe mapping list --org "Sunrise Aged Care"',
    options: [org],
    run: async ({ runtime, caller }, input) => {
      const organisation = await findOrganisation(runtime, requiredText(input, 'org'))
      const all = await runtime.read(organisation.id, caller, (ctx) => listMappings(ctx))
      return {
        output: all,
        text: all.length === 0 ? 'No mapping yet.' : table(all.map((one) => [one.code, one.credentialType])),
      }
    },
  },
]
