/** The worker's page: starts in the document that the server hands out. */
import { render } from 'preact'
import { createApi } from './api.ts'
import { App } from './app.tsx'
import './page.css'
import { createSession } from './session.ts'
import { languageFor, languages, wordsOf, type Language } from './words/words.ts'

const languageKey = 'vouchsafe.language'

/** The reader's own choice, else what the browser was set to. Storage may be shut. */
function firstLanguage(): Language {
  try {
    const chosen = localStorage.getItem(languageKey)
    const known = languages.find(({ tag }) => tag === chosen)
    if (known) return known.tag
  } catch {
    // As if nothing had been chosen.
  }
  return languageFor(navigator.languages)
}

function keepLanguage(language: Language): void {
  try {
    localStorage.setItem(languageKey, language)
  } catch {
    // It holds while the page is open.
  }
}

async function start(place: HTMLElement): Promise<void> {
  const [, route = '', token = ''] = location.pathname.split('/')
  const session = createSession(createApi(`/${route}/${token}`))
  const loading = session.load()
  const wanted = firstLanguage()
  // A language that cannot be fetched must not keep the page from opening.
  const [language, words] = await wordsOf(wanted).then(
    (loaded) => [wanted, loaded] as const,
    async () => ['en', await wordsOf('en')] as const,
  )
  place.replaceChildren()
  render(
    <App session={session} firstLanguage={language} firstWords={words} onLanguage={keepLanguage} />,
    place,
  )
  // A file that misses its place would take the page away.
  for (const name of ['dragover', 'drop']) addEventListener(name, (event) => event.preventDefault())
  addEventListener('online', () => session.noteConnection(true))
  addEventListener('offline', () => session.noteConnection(false))
  // The last moment of which a phone tells: it may end the page without another word.
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'hidden') void session.flush(true)
  })
  addEventListener('pagehide', () => void session.flush(true))
  await loading
}

const place = document.getElementById('page')
if (place) void start(place)
