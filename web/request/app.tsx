/** The whole page: which screen, in which language, and what holds on all of them. */
import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import { PageContext, useOrganisation, usePage, type PageTools } from './parts/page-context.ts'
import { Notice, Screen } from './parts/screen.tsx'
import { hashOf, usePlace, type Place } from './place.ts'
import { Decline } from './screens/decline.tsx'
import { Identify } from './screens/identify.tsx'
import { Item } from './screens/item.tsx'
import { List } from './screens/list.tsx'
import { NotMe } from './screens/not-me.tsx'
import { Review } from './screens/review.tsx'
import { Thanks } from './screens/thanks.tsx'
import { Welcome } from './screens/welcome.tsx'
import type { Session, Snapshot } from './session.ts'
import type { Words } from './words/catalogue.ts'
import { languages, say, wordsOf, type Language } from './words/words.ts'

interface Props {
  readonly session: Session
  readonly firstLanguage: Language
  readonly firstWords: Words
  readonly onLanguage: (language: Language) => void
}

function useSnapshot(session: Session): Snapshot {
  const [snapshot, setSnapshot] = useState(session.snapshot)
  useEffect(() => {
    setSnapshot(session.snapshot)
    return session.subscribe(() => setSnapshot(session.snapshot))
  }, [session])
  return snapshot
}

/** What the address asks for, as far as the request has got. */
function placeFor({ state }: Snapshot, asked: Place): Place {
  if (state?.stage === 'WELCOME') return asked.name === 'notMe' ? asked : { name: 'start' }
  if (state?.stage === 'SENT') return asked.name === 'notMe' ? asked : { name: 'thanks' }
  return asked.name === 'start' ? { name: 'list' } : asked
}

export function App({ session, firstLanguage, firstWords, onLanguage }: Props) {
  const snapshot = useSnapshot(session)
  const [language, setLanguage] = useState(firstLanguage)
  const [words, setWords] = useState(firstWords)
  const [said, setSaid] = useState('')
  const [flash, setFlash] = useState<string | null>(null)
  const place = placeFor(snapshot, usePlace())

  // What was said about the last screen goes with the next one that is not the list.
  useEffect(() => {
    if (place.name !== 'list') setFlash(null)
  }, [place.name])
  useEffect(() => {
    document.documentElement.lang = language
  }, [language])

  const tools: PageTools = useMemo(
    () => ({
      session,
      snapshot,
      language,
      words,
      t: (key, params) => say(words, language, key, params),
      // Emptied first, so that the same words are said again.
      announce: (text) => {
        setSaid('')
        setTimeout(() => setSaid(text), 100)
      },
      flash,
      setFlash: (text) => {
        setFlash(text)
        if (text !== null) setTimeout(() => setSaid(text), 400)
      },
    }),
    [session, snapshot, language, words, flash],
  )
  const { t } = tools
  const wasOffline = useRef(false)
  useEffect(() => {
    if (wasOffline.current && !snapshot.isOffline) tools.announce(t('connection.back'))
    wasOffline.current = snapshot.isOffline
  }, [snapshot.isOffline])
  const choose = async (next: Language): Promise<void> => {
    setWords(await wordsOf(next))
    setLanguage(next)
    onLanguage(next)
  }

  return (
    <PageContext.Provider value={tools}>
      <a
        class="skip"
        href="#content"
        onClick={(event) => {
          event.preventDefault()
          document.querySelector<HTMLElement>('h1')?.focus()
        }}
      >
        {t('page.skip')}
      </a>
      <header class="top">
        <div class="column">
          <p class="organisation">{snapshot.state?.organisation.name}</p>
          <nav aria-label={t('page.language')}>
            {languages
              .filter(({ tag }) => tag !== language)
              .map(({ tag, name }) => (
                <button key={tag} type="button" class="language" lang={tag} onClick={() => void choose(tag)}>
                  {name}
                </button>
              ))}
          </nav>
        </div>
      </header>
      <div class="banners">
        <Banners />
      </div>
      <main class="column" id="content">
        <CurrentScreen place={place} snapshot={snapshot} session={session} t={t} />
      </main>
      {snapshot.state && (
        <footer class="column">
          <p class="quiet">{t('page.private')}</p>
        </footer>
      )}
      <p class="unseen" role="status">
        {said}
      </p>
    </PageContext.Provider>
  )
}

/** How the connection and the link are. */
function Banners() {
  const { t, snapshot } = usePage()
  const organisation = useOrganisation()
  return (
    <>
      <div role="status" class="column">
        {snapshot.isOffline && <p class="banner">{t('connection.offline')}</p>}
        {!snapshot.isOffline && snapshot.isSlow && <p class="banner">{t('connection.slow')}</p>}
      </div>
      {snapshot.isGone && (
        <div class="column">
          <Notice kind="bad" role="alert" title={t('gone.title')}>
            <p>{t('gone.ask', { organisation })}</p>
            <p>{t('gone.kept')}</p>
          </Notice>
        </div>
      )}
    </>
  )
}

interface CurrentProps {
  readonly place: Place
  readonly snapshot: Snapshot
  readonly session: Session
  readonly t: PageTools['t']
}

function CurrentScreen({ place, snapshot, session, t }: CurrentProps) {
  const { state, loadFault } = snapshot
  const wasLeft = useRef(place)
  useEffect(() => {
    // Whatever was typed on the screen that was left.
    if (hashOf(wasLeft.current) !== hashOf(place)) void session.flush(false)
    wasLeft.current = place
  }, [hashOf(place)])
  if (!state && loadFault?.kind === 'gone')
    return (
      <Screen key="gone" title={t('gone.title')}>
        <p class="lead">{t('gone.askEmployer')}</p>
        <p>{t('gone.why')}</p>
      </Screen>
    )
  if (!state && loadFault)
    return (
      <Screen key="fault" title={t('fault.loadTitle')}>
        <p class="lead">{t(loadFault.kind === 'offline' ? 'fault.offline' : 'fault.busy')}</p>
        <div class="actions">
          <button type="button" class="primary" onClick={() => void session.load()}>
            {t('fault.retry')}
          </button>
        </div>
      </Screen>
    )
  if (!state) return <p class="quiet busy">{t('page.loading')}</p>
  if (state.stage === 'IDENTIFY') return <Identify key="identify" />
  const key = hashOf(place)
  switch (place.name) {
    case 'start':
      return <Welcome key={key} />
    case 'list':
      return <List key={key} />
    case 'item':
      return <Item key={key} itemId={place.itemId} />
    case 'decline':
      return <Decline key={key} itemId={place.itemId} />
    case 'review':
      return <Review key={key} />
    case 'thanks':
      return <Thanks key={key} />
    case 'notMe':
      return <NotMe key={key} />
  }
}
