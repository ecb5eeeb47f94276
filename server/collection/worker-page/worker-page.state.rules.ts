/** From what is known of a request to what its page is told. Pure. */
import type { AttachmentRecord } from '../../evidence/attachments/attachments.schema.ts'
import { formOf } from '../fetch-requests/fetch-requests.fields.rules.ts'
import type { PageFacts, PageItemFacts } from '../fetch-requests/fetch-requests.page.schema.ts'
import type { PageNode as AskedNode } from '../fetch-requests/fetch-requests.tree.rules.ts'
import {
  pageConcerns,
  type PageConcern,
  type PageFile,
  type PageItem,
  type PageNode,
  type PageState,
} from './worker-page.schema.ts'

/** Before the worker has said who they are: who asks, and nothing else. */
export function identifyState(organisation: string): PageState {
  return { stage: 'IDENTIFY', organisation: { name: organisation, privacyNotice: null } }
}

/** After "this isn't me": nothing personal any more. */
export function farewellState(organisation: string): PageState {
  return { stage: 'SENT', organisation: { name: organisation, privacyNotice: null } }
}

export function pageFileOf(file: AttachmentRecord): PageFile {
  return {
    id: file.id,
    fileName: file.fileName,
    mediaType: file.mediaType,
    sizeBytes: file.bytes,
    uploadedAt: file.uploadedAt.toISOString(),
    reading: readingOf(file),
  }
}

/** Below it, what was read is a guess, and filling it in would make work. */
const sureFromPercent = 50

/** What a worker can mend or has to know. What speaks of other people, or of a file's making, is for those who review. */
const toldConcerns: ReadonlySet<string> = new Set(pageConcerns)

/** Null while nobody has begun, because a virus scanner has not looked at it yet. */
function readingOf({ verification, scan }: AttachmentRecord): PageFile['reading'] {
  if (verification === null) return scan === 'WAITING' ? null : { state: 'PENDING', fields: {}, concerns: [] }
  const concerns = verification.concerns
    .map(({ code }) => code)
    .filter((code): code is PageConcern => toldConcerns.has(code))
  // Of another document's number and dates nobody wants a form filled.
  const fields = concerns.includes('WRONG_TYPE') ? {} : readFields(verification.extracted)
  return { state: 'DONE', fields, concerns }
}

type Read = { readonly value: string | null; readonly confidence: number } | null

function readFields(extracted: {
  readonly number: Read
  readonly holderName: Read
  readonly issueDate: Read
  readonly expiryDate: Read
}): NonNullable<PageFile['reading']>['fields'] {
  const names = ['number', 'holderName', 'issueDate', 'expiryDate'] as const
  return Object.fromEntries(
    names.flatMap((name) => {
      const { value = null, confidence = 0 } = extracted[name] ?? {}
      return value === null || confidence < sureFromPercent ? [] : [[name, value]]
    }),
  )
}

function pageItemOf(item: PageItemFacts, organisation: string): PageItem {
  const { type, onFile } = item
  const form = formOf(type)
  return {
    id: item.id,
    credentialType: type.code,
    name: type.name,
    category: type.category,
    jurisdiction: type.jurisdiction,
    guidingText: item.guidingText,
    suppliedBy: form.suppliedBy,
    number: form.number && {
      pattern: form.number.pattern,
      example: form.number.example,
      firmness: form.number.firmness,
    },
    mayLackExpiry: form.mayLackExpiry,
    asksIssueDate: form.asksIssueDate,
    asksExpiryDate: form.asksExpiryDate,
    consent: form.needsConsent
      ? `I agree that ${organisation} keeps and checks what I send here about: ${type.name}.`
      : null,
    state: item.state,
    fields: { ...item.fields },
    files: item.files.map(pageFileOf),
    onFile: onFile && {
      number: onFile.attributes.number ?? '',
      expiryDate: onFile.attributes.expiryDate,
      licenceStatus: onFile.attributes.licenceStatus,
    },
    declineReason: item.declineReason,
    sentBackReason: item.sentBackReason,
  }
}

function pageNodeOf(node: AskedNode, idOf: (credentialType: string) => string): PageNode {
  if (node.kind === 'item')
    return {
      kind: 'item',
      itemId: idOf(node.credentialType),
      ...(node.instead.length === 0 ? {} : { alternatives: node.instead.map(idOf) }),
    }
  const shared = {
    ...(node.label === null ? {} : { label: node.label }),
    children: node.children.map((child) => pageNodeOf(child, idOf)),
  }
  return node.kind === 'atLeast'
    ? { kind: 'atLeast', n: node.count, ...shared }
    : { kind: node.kind, ...shared }
}

export function pageStateOf(facts: PageFacts): PageState {
  const { organisation, answered, sentAt } = facts
  const ids = new Map(facts.items.map(({ id, type }) => [type.code, id]))
  return {
    stage: facts.stage,
    organisation: { name: organisation, privacyNotice: facts.privacyNotice },
    worker: facts.worker,
    message: facts.message,
    expiresAt: facts.expiresAt.toISOString(),
    items: facts.items.map((item) => pageItemOf(item, organisation)),
    tree: pageNodeOf(facts.tree, (code) => ids.get(code) ?? ''),
    progress: {
      answered: answered.answered,
      asked: answered.asked,
      isSatisfied: answered.isSatisfied,
      mayBeSent: answered.isAnswered,
    },
    submittedAt: sentAt === null ? null : sentAt.toISOString(),
  }
}
