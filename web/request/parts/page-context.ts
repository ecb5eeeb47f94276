/** What every screen has at hand: the session, its snapshot, the reader's language, and a voice. */
import { createContext } from 'preact'
import { useContext } from 'preact/hooks'
import type { Session, Snapshot } from '../session.ts'
import type { WordKey, Words } from '../words/catalogue.ts'
import type { Language, Params } from '../words/words.ts'

export interface PageTools {
  readonly session: Session
  readonly snapshot: Snapshot
  readonly language: Language
  readonly words: Words
  /** The message of a key, in the reader's language. */
  readonly t: (key: WordKey, params?: Params) => string
  /** Says it to a screen reader, politely, without moving the focus. */
  readonly announce: (text: string) => void
  /** Shown at the top of the next screen. */
  readonly flash: string | null
  readonly setFlash: (text: string | null) => void
}

export const PageContext = createContext<PageTools | null>(null)

export function usePage(): PageTools {
  const tools = useContext(PageContext)
  if (!tools) throw new Error('outside the page')
  return tools
}

/** The organisation's name; every stage has one. */
export function useOrganisation(): string {
  return usePage().snapshot.state?.organisation.name ?? ''
}
