/** The message catalogue: one language at a time, English wherever another has not arrived yet. */
import type { Message, WordKey, Words } from './catalogue.ts'
import { en } from './en.ts'

export type Params = Readonly<Record<string, string | number>>

export const languages = [
  { tag: 'en', name: 'English' },
  { tag: 'zh-Hans', name: '简体中文' },
] as const
export type Language = (typeof languages)[number]['tag']

/** Others come over the network when they are chosen. */
export async function wordsOf(language: Language): Promise<Words> {
  return language === 'zh-Hans' ? (await import('./zh-Hans.ts')).zhHans : en
}

/** The first of the reader's languages that we have; traditional script is another language than simplified. */
export function languageFor(wanted: readonly string[]): Language {
  for (const tag of wanted.map((one) => one.toLowerCase())) {
    if (/^en\b/.test(tag)) return 'en'
    if (/^zh\b/.test(tag) && !/\b(hant|tw|hk|mo)\b/.test(tag)) return 'zh-Hans'
  }
  return 'en'
}

/** The message of `key` with `params` put in; `count` chooses its form. */
export function say(words: Words, language: string, key: WordKey, params: Params = {}): string {
  const message = words[key]
  const text = typeof message === 'string' ? message : formOf(message, language, Number(params['count']))
  return text.replaceAll(/\{(\w+)\}/g, (whole, name: string) => String(params[name] ?? whole))
}

function formOf(message: Exclude<Message, string>, language: string, count: number): string {
  const form = new Intl.PluralRules(language).select(count)
  return (form === 'one' ? message.one : undefined) ?? message.other
}
