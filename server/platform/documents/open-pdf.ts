/** PDF, by pdf.js. Runs in a child process only. */
import { getDocument } from 'pdfjs-dist/legacy/build/pdf.mjs'
import { opening, pagesMax, type Opening } from './document-opening.rules.ts'

/** Some writers leave something behind the end. */
const endWithin = 8_192

/** Its pages are all found; what they show is not drawn here. One that opens without a password is not called encrypted. */
export async function openPdf(bytes: Uint8Array): Promise<Opening> {
  const end = Buffer.from(bytes.subarray(-endWithin)).toString('latin1')
  // ISO 32000-2, section 7.5.5. Readers put together what is left of a file that was cut: what is missing stays missing.
  if (!end.includes('%%EOF'))
    return opening('TRUNCATED', 'The PDF ends early: a part of it is missing. Send the whole file.')
  const loading = getDocument({
    data: new Uint8Array(bytes),
    verbosity: 0,
    stopAtErrors: true,
    isEvalSupported: false,
    disableFontFace: true,
    useSystemFonts: false,
    enableXfa: false,
  })
  try {
    const document = await loading.promise
    const pages = document.numPages
    if (pages > pagesMax)
      return opening(
        'TOO_MANY_PAGES',
        `The PDF has ${pages} pages; ${pagesMax} is the most. Send the pages that matter.`,
      )
    for (let page = 1; page <= pages; page += 1) (await document.getPage(page)).cleanup()
    return { pages, pixels: null }
  } catch (error) {
    return (error as { name?: unknown }).name === 'PasswordException'
      ? opening(
          'ENCRYPTED',
          'The PDF asks for a password. Save it without one (print it to PDF, for example), and send that.',
        )
      : opening('BROKEN', 'The PDF is damaged and cannot be opened. Save or scan it anew.')
  } finally {
    await loading.destroy()
  }
}
