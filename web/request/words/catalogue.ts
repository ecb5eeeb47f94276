/** What every language's catalogue holds: the messages of the English one. */
import type { en } from './en.ts'

/** A message, or its forms by number. */
export type Message = string | { readonly one?: string; readonly other: string }
export type WordKey = keyof typeof en
export type Words = Readonly<Record<WordKey, Message>>
