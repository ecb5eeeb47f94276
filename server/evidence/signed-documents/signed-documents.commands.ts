/** `vouchsafe signed-document …` */
import { requiredText, table, type CommandDefinition } from '../../platform/cli/command.ts'
import { verifySignedDocument } from './signed-documents.ts'

export const signedDocumentCommands: readonly CommandDefinition[] = [
  {
    path: 'signed-document verify',
    summary: 'Find out what a signed document is worth: OpenCerts, Verifiable Credentials, Open Badges.',
    example: 'vouchsafe signed-document verify --file diploma.json',
    options: [
      { flags: '--file <file>', description: 'the document, as JSON or as a token', isRequired: true },
    ],
    textFiles: ['file'],
    run: async ({ runtime }, input) => {
      const report = await verifySignedDocument(Buffer.from(requiredText(input, 'file')), {
        now: runtime.clock.now(),
        outbound: runtime.outbound,
        lookUpTxt: null,
        callContract: null,
        trustedIssuers: [],
      })
      const rows = report.parts.map(({ part, outcome, detail }) => [outcome, part, detail])
      return {
        output: report,
        text: `${report.outcome}\n${table(rows)}`,
        ...(report.outcome === 'FAILED' ? { exitCode: 1 } : {}),
      }
    },
  },
]
