/** How audit entries name attachments. A file's own name may hold a person's: it stays out. Pure. */
import type { AttachmentOwner, AttachmentRecord } from './attachments.schema.ts'

export const subjectOf = (owner: AttachmentOwner): { entityType: string; entityId: string } =>
  'credentialId' in owner
    ? { entityType: 'credential', entityId: owner.credentialId }
    : { entityType: 'captureRequest', entityId: owner.heldFor }

export const factsOf = (one: AttachmentRecord): Record<string, unknown> => ({
  attachmentId: one.id,
  mediaType: one.mediaType,
  bytes: one.bytes,
  sha256: one.sha256,
})
