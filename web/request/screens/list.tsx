/** What is asked for, how far it is, and the way to each. */
import { useOrganisation, usePage } from '../parts/page-context.ts'
import { GroupWords } from '../parts/group-words.tsx'
import { Notice, PrivacyNotice, Screen, Theirs, TheirText } from '../parts/screen.tsx'
import { hashOf } from '../place.ts'
import { dayWords } from '../rules/dates.ts'
import { isSection, sectionsOf, type Entry, type Section } from '../rules/groups.ts'
import { markOf, progressOf, type ItemMark } from '../rules/progress.ts'
import { fieldsOf, entryOf, isSameEntry } from '../entry.ts'
import type { PageItem } from '../page-state.ts'

export function List() {
  const { t, snapshot, flash, language } = usePage()
  const organisation = useOrganisation()
  const { state } = snapshot
  if (!state) return null
  const { items = [], tree, message, expiresAt } = state
  const progress = progressOf(state)
  const sections = sectionsOf(items, tree)
  return (
    <Screen title={t('list.title')}>
      {flash !== null && (
        <Notice kind="good">
          <p>{flash}</p>
        </Notice>
      )}
      <div class="progress">
        <p id="progress-words">
          {t('list.progress', { answered: progress.answered, count: progress.asked })}
        </p>
        <progress
          max={Math.max(1, progress.asked)}
          value={progress.answered}
          aria-labelledby="progress-words"
        />
      </div>
      {items.length === 0 && <p>{t('list.nothing')}</p>}
      {sections.map((section, index) => (
        <SectionCards key={index} section={section} level={2} />
      ))}
      {progress.mayBeSent && (
        <Notice kind="info">
          <p>{t('list.ready')}</p>
        </Notice>
      )}
      <div class="actions">
        <a class={`button ${progress.mayBeSent ? 'primary' : 'secondary'}`} href={hashOf({ name: 'review' })}>
          {t('list.review')}
        </a>
      </div>
      {expiresAt !== undefined && (
        <p class="quiet">{t('welcome.until', { date: dayWords(expiresAt, language) })}</p>
      )}
      {message && (
        <details class="fold">
          <summary>{t('welcome.message', { organisation })}</summary>
          <TheirText text={message} />
        </details>
      )}
      <PrivacyNotice />
      <p>
        <a class="aside-link" href={hashOf({ name: 'notMe' })}>
          {t('welcome.notMe')}
        </a>
      </p>
    </Screen>
  )
}

function SectionCards({ section, level }: { readonly section: Section; readonly level: 2 | 3 }) {
  const { t } = usePage()
  const isPlain = section.rule.kind === 'all' && section.label === null && level === 2
  const list = (
    <ul class="cards">
      {section.entries.map((entry, index) => (
        <EntryCards key={isSection(entry) ? index : entry.item.id} entry={entry} />
      ))}
    </ul>
  )
  if (isPlain) return list
  const Heading = level === 2 ? 'h2' : 'h3'
  return (
    <section class="group">
      <Heading>
        <GroupWords section={section} />
      </Heading>
      {section.isSatisfied && section.rule.kind !== 'all' && <p class="enough">{t('group.enough')}</p>}
      {list}
    </section>
  )
}

function EntryCards({ entry }: { readonly entry: Entry }) {
  const { t } = usePage()
  if (isSection(entry))
    return (
      <li>
        <SectionCards section={entry} level={3} />
      </li>
    )
  return (
    <li>
      <Card item={entry.item} isNotNeeded={entry.isNotNeeded} />
      {entry.alternatives.length > 0 && (
        <div class="instead">
          <p>{t('group.instead')}</p>
          <ul class="cards">
            {entry.alternatives.map((other) => (
              <li key={other.id}>
                <Card
                  item={other}
                  isNotNeeded={entry.item.state === 'SUPPLIED' || entry.item.state === 'WAIVED'}
                />
              </li>
            ))}
          </ul>
        </div>
      )}
    </li>
  )
}

function Card({ item, isNotNeeded }: { readonly item: PageItem; readonly isNotNeeded: boolean }) {
  const { t, snapshot } = usePage()
  const entry = snapshot.entries.get(item.id)
  const displayName = snapshot.state?.worker?.displayName ?? ''
  const isStarted =
    item.state === 'OPEN' &&
    (item.files.length > 0 ||
      item.fields.number !== '' ||
      (entry !== undefined && !isSameEntry(fieldsOf(entry), fieldsOf(entryOf(item, displayName)))))
  const mark = markOf(item, isNotNeeded)
  const words: Readonly<Record<ItemMark, string>> = {
    todo: t('mark.todo'),
    done: t('mark.done'),
    declined: t('mark.declined'),
    sentBack: t('mark.sentBack'),
    notNeeded: t('mark.notNeeded'),
    waived: t('mark.waived'),
  }
  return (
    <a class={`card-link ${mark}`} href={hashOf({ name: 'item', itemId: item.id })}>
      <span class="card-name">
        <Theirs text={item.name} />
      </span>
      <span class={`mark ${mark}`}>
        {mark === 'done' && <span aria-hidden="true">✓ </span>}
        {mark === 'todo' && isStarted ? t('mark.started') : words[mark]}
      </span>
    </a>
  )
}
