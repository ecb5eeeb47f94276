/** One credential: what we have of it, its form, or the answer that was given. */
import { useState } from 'preact/hooks'
import { ActionButton, ActionFault, useAction } from '../parts/action.tsx'
import { SentFile } from '../parts/files.tsx'
import { useOrganisation, usePage } from '../parts/page-context.ts'
import { Notice, Screen, Theirs, TheirText } from '../parts/screen.tsx'
import { go } from '../place.ts'
import { dateWords } from '../rules/dates.ts'
import type { PageItem } from '../page-state.ts'
import { ItemForm } from './item-form.tsx'

export function Item({ itemId }: { readonly itemId: string }) {
  const { t, snapshot } = usePage()
  const back = { to: { name: 'list' }, text: t('page.backToList') } as const
  const item = snapshot.state?.items?.find(({ id }) => id === itemId)
  if (!item)
    return (
      <Screen title={t('list.title')} back={back}>
        <p>{t('item.unknown')}</p>
      </Screen>
    )
  return (
    <Screen title={item.name} isTheirTitle back={back}>
      {item.guidingText && <TheirText text={item.guidingText} />}
      <Answer item={item} />
    </Screen>
  )
}

function Answer({ item }: { readonly item: PageItem }) {
  const { t, snapshot } = usePage()
  const organisation = useOrganisation()
  const [isChanging, setChanging] = useState(false)
  switch (item.state) {
    case 'SUPPLIED':
      return <Supplied item={item} />
    case 'DECLINED':
      return <Declined item={item} />
    case 'WAIVED':
      return (
        <Notice kind="info">
          <p>{t('item.waived', { organisation })}</p>
        </Notice>
      )
    case 'SENT_BACK':
      return (
        <>
          <Notice kind="warn" title={t('item.sentBackTitle')}>
            <p>{t('item.sentBackWhy', { organisation })}</p>
            {item.sentBackReason && <TheirText text={item.sentBackReason} />}
          </Notice>
          <ItemForm item={item} />
        </>
      )
    case 'OPEN': {
      const hasBegun = item.files.length > 0 || snapshot.uploads.some(({ itemId }) => itemId === item.id)
      if (item.onFile && !isChanging && !hasBegun && item.fields.number === '')
        return <OnFile item={item} onFile={item.onFile} onChange={() => setChanging(true)} />
      return <ItemForm item={item} takesFocus={isChanging} />
    }
  }
}

interface OnFileProps {
  readonly item: PageItem
  readonly onFile: NonNullable<PageItem['onFile']>
  readonly onChange: () => void
}

function OnFile({ item, onFile, onChange }: OnFileProps) {
  const { t, language, session, setFlash } = usePage()
  const action = useAction()
  const { number, expiryDate } = onFile
  const confirm = async (): Promise<void> => {
    await session.confirm(item.id)
    setFlash(t('list.confirmed', { name: item.name }))
    go({ name: 'list' })
  }
  return (
    <section class="card">
      <h2>{t('item.onFileTitle')}</h2>
      <p>
        {expiryDate === null
          ? t('item.onFileNoEnd', { number })
          : t('item.onFile', { number, date: dateWords(expiryDate, language) })}
      </p>
      <ActionFault action={action} />
      <div class="actions">
        <ActionButton action={action} work={confirm}>
          {t('item.stillRight')}
        </ActionButton>
        <button type="button" class="secondary" onClick={onChange}>
          {t('item.changed')}
        </button>
      </div>
    </section>
  )
}

/** What was given, as a list to read. */
export function Given({ item }: { readonly item: PageItem }) {
  const { t, language } = usePage()
  const { number, holderName, issueDate, expiryDate, hasNoExpiry } = item.fields
  const date = (value: string): string => (value === '' ? '' : dateWords(value, language))
  const rows: readonly (readonly [string, string])[] = [
    [t('field.number'), item.number ? number : ''],
    [t('field.holderName'), holderName],
    [t('field.issueDate'), item.asksIssueDate ? date(issueDate) : ''],
    [t('field.expiryDate'), hasNoExpiry ? t('field.hasNoExpiry') : date(expiryDate)],
  ]
  return (
    <dl class="given">
      {rows
        .filter(([, value]) => value !== '')
        .map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  )
}

function Supplied({ item }: { readonly item: PageItem }) {
  const { t, session, announce } = usePage()
  const action = useAction()
  const change = async (): Promise<void> => {
    await session.reopen(item.id)
    announce(t('list.reopened', { name: item.name }))
  }
  return (
    <>
      <Notice kind="good">
        <p>{t('item.supplied')}</p>
      </Notice>
      <div class="card">
        <Given item={item} />
        {item.files.length > 0 && (
          <ul class="file-list" aria-label={t('files.list')}>
            {item.files.map((file) => (
              <SentFile key={file.id} item={item} file={file} isFixed />
            ))}
          </ul>
        )}
      </div>
      <ActionFault action={action} />
      <div class="actions">
        <ActionButton action={action} work={change} kind="secondary">
          {t('item.change')}
        </ActionButton>
      </div>
    </>
  )
}

function Declined({ item }: { readonly item: PageItem }) {
  const { t, session, announce } = usePage()
  const action = useAction()
  const undo = async (): Promise<void> => {
    await session.reopen(item.id)
    announce(t('list.reopened', { name: item.name }))
  }
  return (
    <>
      <Notice kind="info">
        <p>{t('item.declinedAs')}</p>
        {item.declineReason && (
          <p>
            <Theirs text={item.declineReason} />
          </p>
        )}
      </Notice>
      <ActionFault action={action} />
      <div class="actions">
        <ActionButton action={action} work={undo} kind="secondary">
          {t('item.undoDecline')}
        </ActionButton>
      </div>
    </>
  )
}
