/** The child process that reads what stands in documents (document-text-reader.ts). */
import { serveTasks } from '../child-tasks.ts'
import type { DocumentText, TextTask, UnreadableDocument } from './document-text.rules.ts'
import { readDocumentText } from './read-document-text.ts'

serveTasks<TextTask, DocumentText | UnreadableDocument>(readDocumentText)
