/** Who asks, why, for what and until when; nothing happens before "Start". */
import { ActionButton, ActionFault, useAction } from '../parts/action.tsx'
import { useOrganisation, usePage } from '../parts/page-context.ts'
import { GroupWords } from '../parts/group-words.tsx'
import { PrivacyNotice, Screen, Theirs, TheirText } from '../parts/screen.tsx'
import { go, hashOf } from '../place.ts'
import { daysUntil, dayWords } from '../rules/dates.ts'
import { isSection, sectionsOf, type Entry } from '../rules/groups.ts'

export function Welcome() {
  const { t, session, snapshot, language } = usePage()
  const organisation = useOrganisation()
  const action = useAction()
  const { worker, message, expiresAt, items = [], tree } = snapshot.state ?? {}
  const start = async (): Promise<void> => {
    await session.start()
    go({ name: 'list' })
  }
  const days = expiresAt === undefined ? undefined : daysUntil(expiresAt, Date.now())
  return (
    <Screen title={t('welcome.title', { name: worker?.firstName ?? '' })}>
      <p class="lead">{t('welcome.who', { organisation })}</p>
      {message && (
        <figure class="message">
          <figcaption>{t('welcome.message', { organisation })}</figcaption>
          <blockquote>
            <TheirText text={message} />
          </blockquote>
        </figure>
      )}
      <section class="card">
        <h2>{t('welcome.asked')}</h2>
        <AskedList entries={sectionsOf(items, tree)} />
      </section>
      {expiresAt !== undefined && days !== undefined && (
        <p class="until">
          <strong>{t('welcome.until', { date: dayWords(expiresAt, language) })}</strong>{' '}
          <span class="quiet">
            {days === 0 ? t('welcome.lastDay') : t('welcome.daysLeft', { count: days })}
          </span>
        </p>
      )}
      <ul class="good-to-know" aria-label={t('welcome.howTitle')}>
        <li>{t('welcome.howTime')}</li>
        <li>{t('welcome.howPhoto')}</li>
        <li>{t('welcome.howStop')}</li>
      </ul>
      <PrivacyNotice />
      <ActionFault action={action} />
      <div class="actions">
        <ActionButton action={action} work={start}>
          {t('welcome.start')}
        </ActionButton>
      </div>
      <p>
        <a class="aside-link" href={hashOf({ name: 'notMe' })}>
          {t('welcome.notMe')}
        </a>
      </p>
    </Screen>
  )
}

function AskedList({ entries }: { readonly entries: readonly Entry[] }) {
  // What is simply needed stands in one list; only a choice is set off.
  const shown = entries.flatMap((entry) =>
    isSection(entry) && entry.rule.kind === 'all' && entry.label === null ? entry.entries : [entry],
  )
  return (
    <ul class="asked">
      {shown.map((entry, index) => (
        <AskedEntry key={isSection(entry) ? index : entry.item.id} entry={entry} />
      ))}
    </ul>
  )
}

function AskedEntry({ entry }: { readonly entry: Entry }) {
  const { t } = usePage()
  if (isSection(entry))
    return (
      <li>
        <GroupWords section={entry} />
        <AskedList entries={entry.entries} />
      </li>
    )
  return (
    <li>
      <Theirs text={entry.item.name} />
      {entry.alternatives.map((other) => (
        <span key={other.id}>
          {' '}
          <span class="quiet">{t('group.instead')}</span> <Theirs text={other.name} />
        </span>
      ))}
    </li>
  )
}
