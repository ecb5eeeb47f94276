/** Documents as people send them, and as others make them up: for everything that takes or reads files. */
import sharp from 'sharp'

/** A PDF of so many empty pages. */
export function pdf(pages = 1): Buffer {
  const kids = Array.from({ length: pages }, (_, index) => `${index + 3} 0 R`)
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    `<< /Type /Pages /Kids [${kids.join(' ')}] /Count ${pages} >>`,
    ...kids.map(() => '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 100] >>'),
  ]
  let text = '%PDF-1.4\n'
  const places = objects.map((object, index) => {
    const at = text.length
    text += `${index + 1} 0 obj ${object} endobj\n`
    return `${String(at).padStart(10, '0')} 00000 n \n`
  })
  const start = text.length
  const count = objects.length + 1
  return Buffer.from(
    `${text}xref\n0 ${count}\n0000000000 65535 f \n${places.join('')}trailer << /Size ${count} /Root 1 0 R >>\nstartxref\n${start}\n%%EOF\n`,
  )
}

/** A picture that no two runs of the same seed of noise make alike in size: it does not compress. */
export function picture(format: 'jpeg' | 'png' | 'webp', width = 200, height = 120): Promise<Buffer> {
  const noise = { type: 'gaussian', mean: 128, sigma: 60 } as const
  return sharp({ create: { width, height, channels: 3, background: 'white', noise } })
    .toFormat(format)
    .toBuffer()
}

/** A WebP film of three frames. */
export function animatedWebp(): Promise<Buffer> {
  const frames = Buffer.from(Array.from({ length: 3 * 20 * 20 * 3 }, (_, index) => (index * 7) % 256))
  return sharp(frames, { raw: { width: 20, height: 60, channels: 3, pageHeight: 20 } })
    .webp({ loop: 0, delay: [100, 100, 100] })
    .toBuffer()
}

/** A PNG whose header says that it is so large; its data is that of a small one. */
export async function pngThatSays(width: number, height: number): Promise<Buffer> {
  const png = Buffer.from(await picture('png'))
  png.writeUInt32BE(width, 16)
  png.writeUInt32BE(height, 20)
  return png
}

/** 64 by 48 pixels of one colour, made by heif-enc. */
export const heic = Buffer.from(
  'AAAAHGZ0eXBoZWljAAAAAG1pZjFoZWljbWlhZgAAAa1tZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAAAAAAAAAAAAAAAA5waXRtAAAAAAACAAAAEGlkYXQAAAAAAEAAMAAAADhpbG9jAQAAAERAAAIAAQAAAAAAAAHRAAEAAAAAAAAAGAACAAEAAAAAAAAAAQAAAAAAAAAIAAAAOGlpbmYAAAAAAAIAAAAVaW5mZQIAAAEAAQAAaHZjMQAAAAAVaW5mZQIAAAAAAgAAZ3JpZAAAAADYaXBycAAAALZpcGNvAAAAdmh2Y0MBA3AAAAAAAAAAAAAe8AD8/fj4AAAPAyAAAQAYQAEMAf//A3AAAAMAkAAAAwAAAwAeugJAIQABACpCAQEDcAAAAwCQAAADAAADAB6gIIEFlurkprm4EBAwIAAAAwAgAAADACEiAAEABkQBwXPAiQAAABRpc3BlAAAAAAAAAEAAAABAAAAAFGlzcGUAAAAAAAAAQAAAADAAAAAQcGl4aQAAAAADCAgIAAAAGmlwbWEAAAAAAAAAAgABAoECAAICA4QAAAAaaXJlZgAAAAAAAAAOZGltZwACAAEAAQAAACBtZGF0AAAAFCgBrwQY+Mpx1//wkB+ugLdnkhHn',
  'base64',
)

/** Made by qpdf: one that asks for a password, and one that only says what its reader may do. */
export const encryptedPdf = Buffer.from(
  'JVBERi0xLjcKJb/3ov4KMSAwIG9iago8PCAvRXh0ZW5zaW9ucyA8PCAvQURCRSA8PCAvQmFzZVZlcnNpb24gLzEuNyAvRXh0ZW5zaW9uTGV2ZWwgOCA+PiA+PiAvUGFnZXMgMiAwIFIgL1R5cGUgL0NhdGFsb2cgPj4KZW5kb2JqCjIgMCBvYmoKPDwgL0NvdW50IDEgL0tpZHMgWyAzIDAgUiBdIC9UeXBlIC9QYWdlcyA+PgplbmRvYmoKMyAwIG9iago8PCAvTWVkaWFCb3ggWyAwIDAgMjAwIDEwMCBdIC9QYXJlbnQgMiAwIFIgL1R5cGUgL1BhZ2UgPj4KZW5kb2JqCjQgMCBvYmoKPDwgL0NGIDw8IC9TdGRDRiA8PCAvQXV0aEV2ZW50IC9Eb2NPcGVuIC9DRk0gL0FFU1YzIC9MZW5ndGggMzIgPj4gPj4gL0ZpbHRlciAvU3RhbmRhcmQgL0xlbmd0aCAyNTYgL08gPDc4YTBmZTdlNDUyNzhjMGE2NjBhYmM3MWI2ZDgxZDYxNDBlODQzMmY4MGUxODcxYzU0OWZmZGEyZmE1YTlhNGIyNGIyYWFmNGQ1NzJmZTFhNWM3ZTM0NWJiM2I3MjM1NT4gL09FIDwyZjcyN2M3NjU5MDIzYzFmZjQwM2Y3ZDc2ZmYyN2FmNDg3NTEzY2ZhNGQ3OTA2NDE0MTUyY2U0Njc0MTE4ZTUxPiAvUCAtNCAvUGVybXMgPGZhZjBlMzYwYTIxODRlZGNkMDFjY2I1Y2Y2ZTBlNzg1PiAvUiA2IC9TdG1GIC9TdGRDRiAvU3RyRiAvU3RkQ0YgL1UgPDQ0MmVjYWRiZWI2ZWNiMTEwNmQ3ZGQxODJjYTM4ODc5OWQxMTY4MWE4MjdjZWY4NDlkNDQ2NTMzYTk4MWMxZDY1ZTE5NmM0ODU2YTQyMTIwOGY5NzFiNDQ1YWY0OWM0MD4gL1VFIDw4NzBhNzVhOGM5YjU3OTYwZTNlZTQwZjljMjhmODIxMGI5OGExYjM5MDQ0YjVjMDAzNjQyNTY1ODY4MTI3ZGI2PiAvViA1ID4+CmVuZG9iagp4cmVmCjAgNQowMDAwMDAwMDAwIDY1NTM1IGYgCjAwMDAwMDAwMTUgMDAwMDAgbiAKMDAwMDAwMDEzMCAwMDAwMCBuIAowMDAwMDAwMTg5IDAwMDAwIG4gCjAwMDAwMDAyNjIgMDAwMDAgbiAKdHJhaWxlciA8PCAvUm9vdCAxIDAgUiAvU2l6ZSA1IC9JRCBbPDE0ZDNiZTliOTAwNjVhZWUyMDk4Yzc3Y2U0YzFlYTJiPjwxNGQzYmU5YjkwMDY1YWVlMjA5OGM3N2NlNGMxZWEyYj5dIC9FbmNyeXB0IDQgMCBSID4+CnN0YXJ0eHJlZgo4MDkKJSVFT0YK',
  'base64',
)
export const restrictedPdf = Buffer.from(
  'JVBERi0xLjcKJb/3ov4KMSAwIG9iago8PCAvRXh0ZW5zaW9ucyA8PCAvQURCRSA8PCAvQmFzZVZlcnNpb24gLzEuNyAvRXh0ZW5zaW9uTGV2ZWwgOCA+PiA+PiAvUGFnZXMgMiAwIFIgL1R5cGUgL0NhdGFsb2cgPj4KZW5kb2JqCjIgMCBvYmoKPDwgL0NvdW50IDEgL0tpZHMgWyAzIDAgUiBdIC9UeXBlIC9QYWdlcyA+PgplbmRvYmoKMyAwIG9iago8PCAvTWVkaWFCb3ggWyAwIDAgMjAwIDEwMCBdIC9QYXJlbnQgMiAwIFIgL1R5cGUgL1BhZ2UgPj4KZW5kb2JqCjQgMCBvYmoKPDwgL0NGIDw8IC9TdGRDRiA8PCAvQXV0aEV2ZW50IC9Eb2NPcGVuIC9DRk0gL0FFU1YzIC9MZW5ndGggMzIgPj4gPj4gL0ZpbHRlciAvU3RhbmRhcmQgL0xlbmd0aCAyNTYgL08gPDA1ZTNjN2ZlZGRhZDU2NDQ2YjUwN2ExODEyMDViYzBiMDlmZTRmZTFkY2NmOWQyMDNhMjhhZTFkOTJiNTExNmU1NThiNDZjNTJjMzRlYTYxNDY1ZmU3M2JiZTEzNDdiMT4gL09FIDxhZjU4ZTQ4NDVhZjEwNzlkYmUzYzEyYmVjM2EzNTM0ZWYyZmJjZGE5ZmFlOWEwZTE4NzNmZjBiNzIxOTliZTM4PiAvUCAtNCAvUGVybXMgPGQyZGQzYzI2YTY4MjM1NTdkYmQ3YjYwMjM1ZTg0OGNmPiAvUiA2IC9TdG1GIC9TdGRDRiAvU3RyRiAvU3RkQ0YgL1UgPGViOGMyYjVjMzJkZDY5ZmE4M2Y2NGVlYjhhZjMyNTJlODBjZTUyMjI5NjM1MmZhYTZiYThkNmI0YzE4N2JlY2I5ZWQ0MWNiM2Y1MGU5MjNkNTRmN2UyM2EwZjNmNzRmMj4gL1VFIDw3NzhhZWZkNjFiMTRiZTM3MDFhZDZhNDdmM2U0YzZiYWVhYTkzNjJjNzM4MTg4M2M1MTJiNmQ2ODI3MjJkNzU0PiAvViA1ID4+CmVuZG9iagp4cmVmCjAgNQowMDAwMDAwMDAwIDY1NTM1IGYgCjAwMDAwMDAwMTUgMDAwMDAgbiAKMDAwMDAwMDEzMCAwMDAwMCBuIAowMDAwMDAwMTg5IDAwMDAwIG4gCjAwMDAwMDAyNjIgMDAwMDAgbiAKdHJhaWxlciA8PCAvUm9vdCAxIDAgUiAvU2l6ZSA1IC9JRCBbPDg3OWJiYTg0NmE3ZjdkZjk0YTQ2YjhhNjMyZjRlZGIwPjw4NzliYmE4NDZhN2Y3ZGY5NGE0NmI4YTYzMmY0ZWRiMD5dIC9FbmNyeXB0IDQgMCBSID4+CnN0YXJ0eHJlZgo4MDkKJSVFT0YK',
  'base64',
)
