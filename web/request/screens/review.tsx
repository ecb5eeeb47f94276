/** Everything once more, and "Send". */
import { useState } from 'preact/hooks'
import { ActionButton, ActionFault, useAction } from '../parts/action.tsx'
import { FaultSummary } from '../parts/fields.tsx'
import { useOrganisation, usePage } from '../parts/page-context.ts'
import { Notice, PrivacyNotice, Screen, Theirs } from '../parts/screen.tsx'
import { go, hashOf } from '../place.ts'
import { isSection, sectionsOf, type Entry } from '../rules/groups.ts'
import { markOf, openItems, progressOf, type ItemMark } from '../rules/progress.ts'
import type { PageItem } from '../page-state.ts'
import { Given } from './item.tsx'

interface Row {
  readonly item: PageItem
  readonly mark: ItemMark
}

function rowsOf(entries: readonly Entry[]): readonly Row[] {
  return entries.flatMap((entry): readonly Row[] => {
    if (isSection(entry)) return rowsOf(entry.entries)
    const { item, alternatives, isNotNeeded } = entry
    const isDone = item.state === 'SUPPLIED' || item.state === 'WAIVED'
    return [
      // What nobody took up because something else was enough needs no line.
      ...(isNotNeeded && item.state === 'OPEN' ? [] : [{ item, mark: markOf(item, isNotNeeded) }]),
      ...alternatives
        .filter(({ state }) => state !== 'OPEN')
        .map((other) => ({ item: other, mark: markOf(other, isDone) })),
    ]
  })
}

export function Review() {
  const { t, session, snapshot } = usePage()
  const organisation = useOrganisation()
  const [attempt, setAttempt] = useState(0)
  const action = useAction((fault) => {
    // The privacy notice or the answers changed meanwhile: shown anew, to be sent again.
    if (fault.status === 409) void session.load()
    return false
  })
  const { state } = snapshot
  if (!state) return null
  const sections = sectionsOf(state.items ?? [], state.tree)
  const { mayBeSent, isSatisfied } = progressOf(state)
  const open = openItems(sections)
  const faults = open.map(({ id, name }) => ({
    fieldId: `review-${id}`,
    text: t('review.openFault', { name }),
  }))
  const send = async (): Promise<void> => {
    if (!mayBeSent && open.length > 0) {
      setAttempt((count) => count + 1)
      return
    }
    await session.submit()
    go({ name: 'thanks' })
  }
  return (
    <Screen title={t('review.title')} back={{ to: { name: 'list' }, text: t('page.backToList') }}>
      <FaultSummary faults={attempt > 0 && !mayBeSent ? faults : []} attempt={attempt} />
      <p class="lead">{t('review.lead')}</p>
      <ul class="cards review">
        {rowsOf(sections).map((row) => (
          <ReviewRow key={row.item.id} row={row} />
        ))}
      </ul>
      {mayBeSent && !isSatisfied && (
        <Notice kind="warn">
          <p>{t('review.notSatisfied', { organisation })}</p>
        </Notice>
      )}
      {state.organisation.privacyNotice && <p>{t('review.privacy', { organisation })}</p>}
      <PrivacyNotice />
      <ActionFault action={action} />
      <div class="actions">
        <ActionButton action={action} work={send}>
          {t('review.send', { organisation })}
        </ActionButton>
      </div>
    </Screen>
  )
}

function ReviewRow({ row: { item, mark } }: { readonly row: Row }) {
  const { t } = usePage()
  const isOpen = mark === 'todo' || mark === 'sentBack'
  return (
    <li class={`card${isOpen ? ' open' : ''}`}>
      <div class="review-head">
        <h2>
          <Theirs text={item.name} />
        </h2>
        {mark !== 'waived' && (
          <a
            id={`review-${item.id}`}
            href={hashOf({ name: 'item', itemId: item.id })}
            aria-label={t('review.changeItem', { name: item.name })}
          >
            {t('review.change')}
          </a>
        )}
      </div>
      {mark === 'done' && <Given item={item} />}
      {mark === 'done' && item.files.length > 0 && (
        <p class="quiet">{t('review.files', { count: item.files.length })}</p>
      )}
      {mark === 'declined' && (
        <>
          <p>{t('mark.declined')}</p>
          {item.declineReason && (
            <p class="quiet">
              <Theirs text={item.declineReason} />
            </p>
          )}
        </>
      )}
      {isOpen && <p class="caution">{mark === 'todo' ? t('review.open') : t('mark.sentBack')}</p>}
      {mark === 'notNeeded' && <p class="quiet">{t('mark.notNeeded')}</p>}
      {mark === 'waived' && <p class="quiet">{t('mark.waived')}</p>}
    </li>
  )
}
