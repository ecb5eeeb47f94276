/** The child process that opens documents (document-opener.ts). */
import { serveTasks } from '../child-tasks.ts'
import type { Opening, OpeningTask } from './document-opening.rules.ts'
import { openHeif } from './open-heif.ts'
import { openPdf } from './open-pdf.ts'
import { openPicture } from './open-picture.ts'

serveTasks<OpeningTask, Opening>(({ mediaType, bytes }) => {
  switch (mediaType) {
    case 'application/pdf':
      return openPdf(bytes)
    case 'image/heic':
    case 'image/heif':
      return openHeif(bytes)
    case 'image/jpeg':
    case 'image/png':
    case 'image/webp':
      return openPicture(mediaType, bytes)
  }
})
