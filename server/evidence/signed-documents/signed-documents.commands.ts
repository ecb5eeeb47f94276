/** `vouchsafe signed-document …` */
import { requiredText, table, type CommandDefinition } from '../../platform/cli/command.ts'
import { findOrganisation } from '../../tenancy/organisations/organisations.ts'
import { sourcesOf, verifySignedDocument } from './signed-documents.ts'

export const signedDocumentCommands: readonly CommandDefinition[] = [
  {
    path: 'signed-document verify',
    summary: 'Find out what a signed document is worth: OpenCerts, Verifiable Credentials, Open Badges.',
    example: 'vouchsafe signed-document verify --org "Sunrise Aged Care" --file diploma.json',
    options: [
      { flags: '--org <org>', description: 'id or name of the organisation', isRequired: true },
      { flags: '--file <file>', description: 'the document, as JSON or as a token', isRequired: true },
    ],
    textFiles: ['file'],
    run: async ({ runtime, caller }, input) => {
      const organisation = await findOrganisation(runtime, requiredText(input, 'org'))
      const sources = await sourcesOf(runtime, (work) => runtime.read(organisation.id, caller, work))
      const report = await verifySignedDocument(Buffer.from(requiredText(input, 'file')), sources)
      const rows = report.parts.map(({ part, outcome, detail }) => [outcome, part, detail])
      return {
        output: report,
        text: `${report.outcome}\n${table(rows)}`,
        ...(report.outcome === 'FAILED' ? { exitCode: 1 } : {}),
      }
    },
  },
]
