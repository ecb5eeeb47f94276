/** `vouchsafe export …` */
import { requiredText, type CommandDefinition } from '../../platform/cli/command.ts'
import { findOrganisation } from '../../tenancy/organisations/organisations.ts'
import { writeComplianceExport, writeStatusExports } from './exports.ts'

export const exportCommands: readonly CommandDefinition[] = [
  {
    path: 'export',
    summary: 'Write the status export, or the compliance export, now. It is also put into /download.',
    example: 'vouchsafe export --org "Sunrise Aged Care" --out statuses.csv',
    options: [
      { flags: '--org <org>', description: 'id or name of the organisation', isRequired: true },
      { flags: '--compliance', description: 'the compliance export instead: each person’s answer' },
      {
        flags: '--out <file>',
        description: 'also write it to this file (several sources one after the other)',
      },
    ],
    fileOutput: 'out',
    run: async ({ runtime, caller, workers, isServing }, input) => {
      const { id: organisationId } = await findOrganisation(runtime, requiredText(input, 'org'))
      const request = { organisationId, trigger: 'DEMAND' } as const
      const written =
        input['compliance'] === true
          ? [await writeComplianceExport(runtime, caller, request)]
          : await writeStatusExports(runtime, caller, request)
      if (!isServing) await workers.runUntilIdle()
      const lines = written.map(
        ({ fileName, counts }) =>
          `${fileName}: ${counts.rows} rows (${counts.green} green, ${counts.yellow} yellow, ${counts.red} red)`,
      )
      async function* content(): AsyncGenerator<Buffer> {
        for (const { blob } of written) {
          const reader = await runtime.storage.open(organisationId, blob.key)
          try {
            yield* reader.stream()
          } finally {
            await reader.close()
          }
        }
      }
      const output = written.map(({ blob, ...row }) => ({ ...row, bytes: blob.bytes, sha256: blob.sha256 }))
      return { output, text: lines.join('\n'), ...(input['out'] === undefined ? {} : { content: content() }) }
    },
  },
]
