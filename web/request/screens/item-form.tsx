/** The form of one credential. What is typed is kept as a draft; "Save" gives it to the organisation. */
import { useEffect, useRef, useState } from 'preact/hooks'
import {
  entryOf,
  faultsOf,
  faultsTold,
  readingOf,
  withoutReading,
  type Entry,
  type EntryFault,
  type FieldName,
} from '../entry.ts'
import type { PageItem, ReadField } from '../page-state.ts'
import { ActionButton, ActionFault, useAction } from '../parts/action.tsx'
import { DateField, FaultSummary, TextField, Tick } from '../parts/fields.tsx'
import { Files } from '../parts/files.tsx'
import { usePage } from '../parts/page-context.ts'
import { Notice, Theirs } from '../parts/screen.tsx'
import { go, hashOf } from '../place.ts'
import { dateWords, timeWords, valueOf } from '../rules/dates.ts'
import { isFreeForm, lookOf, plainNumber, shapeOf } from '../rules/numbers.ts'
import { dateFaultPart, entryFaultWords } from './fault-words.ts'

/** Today on the worker's own clock, as YYYY-MM-DD. */
function today(): string {
  const now = new Date()
  const two = (part: number): string => String(part).padStart(2, '0')
  return `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`
}

interface Props {
  readonly item: PageItem
  /** It came in place of what was pressed. */
  readonly takesFocus?: boolean
}

export function ItemForm({ item, takesFocus = false }: Props) {
  const { t, session, snapshot, setFlash } = usePage()
  const displayName = snapshot.state?.worker?.displayName ?? ''
  const entry = snapshot.entries.get(item.id) ?? entryOf(item, displayName)
  const [faults, setFaults] = useState<readonly EntryFault[]>([])
  const [attempt, setAttempt] = useState(0)
  const form = useRef<HTMLFormElement>(null)
  useEffect(() => {
    if (takesFocus) form.current?.querySelector<HTMLElement>('input')?.focus()
  }, [])

  const refuse = (found: readonly EntryFault[]): void => {
    setFaults(found)
    setAttempt((count) => count + 1)
  }
  const action = useAction(({ problem }) => {
    refuse(faultsTold(problem))
    return true
  })
  const uploads = snapshot.uploads.filter(({ itemId, status }) => itemId === item.id && status !== 'failed')
  const save = async (): Promise<void> => {
    const found = faultsOf(item, entry, { files: item.files.length, uploads: uploads.length }, today())
    if (found.length > 0) return refuse(found)
    setFaults([])
    await session.supply(item.id)
    setFlash(t('list.saved', { name: item.name }))
    go({ name: 'list' })
  }
  const edit = (more: Partial<Entry>, ...names: ReadField[]): void => {
    session.edit(item.id, {
      ...entry,
      ...more,
      readHere: entry.readHere.filter((name) => !names.includes(name)),
    })
    const touched = Object.keys(more)
    if (faults.length > 0)
      setFaults(
        faults.filter(
          ({ field }) =>
            field === null ||
            !(touched.includes(field) || (field === 'expiryDate' && touched.includes('hasNoExpiry'))),
        ),
      )
  }
  // A fault about files ends with the file.
  const shown = faults.filter(
    ({ field, kind }) => !(field === 'files' && kind === 'missing' && item.files.length > 0),
  )
  const words = shown.map((fault) => entryFaultWords(t, item, fault))
  const at = (field: FieldName): string | undefined =>
    words[shown.findIndex((one) => one.field === field)]?.text
  const partAt = (field: FieldName): ReturnType<typeof dateFaultPart> => {
    const fault = shown.find((one) => one.field === field)
    return fault?.kind === 'date' ? dateFaultPart(fault.fault) : undefined
  }
  const files = <Files item={item} fault={at('files')} />
  const read = (name: ReadField) =>
    entry.readHere.includes(name) && <span class="read-here">{t('field.readHere')}</span>
  const isPast = valueOf(entry.expiryDate) !== '' && valueOf(entry.expiryDate) < today()

  return (
    <form
      noValidate
      ref={form}
      onSubmit={(event) => {
        event.preventDefault()
        action.run(save)
      }}
    >
      <FaultSummary faults={words} attempt={attempt} />
      {item.suppliedBy !== 'number' && files}
      <Reading item={item} entry={entry} />
      <section class="details" aria-labelledby="details-title">
        <h2 id="details-title">{t('item.details')}</h2>
        {item.number && (
          <TextField
            id="number"
            label={
              item.suppliedBy === 'document'
                ? `${t('field.number')} ${t('page.optional')}`
                : t('field.number')
            }
            value={entry.number}
            hint={numberHint(item.number, t)}
            note={<NumberNote number={item.number} entry={entry} extra={read('number')} />}
            fault={at('number')}
            input={{
              autoComplete: 'off',
              autoCapitalize: 'characters',
              spellcheck: false,
              inputMode: /^[0-9]+$/.test(item.number.example) ? 'numeric' : 'text',
            }}
            onInput={(number) => edit({ number }, 'number')}
          />
        )}
        <TextField
          id="holderName"
          label={t('field.holderName')}
          value={entry.holderName}
          hint={t('field.holderNameHint')}
          {...(read('holderName') ? { note: read('holderName') } : {})}
          fault={at('holderName')}
          input={{ autoComplete: 'name', spellcheck: false }}
          onInput={(holderName) => edit({ holderName, isNameTyped: true }, 'holderName')}
        />
        {item.asksIssueDate && (
          <DateField
            id="issueDate"
            label={`${t('field.issueDate')} ${t('page.optional')}`}
            hint={t('field.dateHint')}
            value={entry.issueDate}
            {...(read('issueDate') ? { note: read('issueDate') } : {})}
            fault={at('issueDate')}
            faultyPart={partAt('issueDate')}
            onInput={(issueDate) => edit({ issueDate }, 'issueDate')}
          />
        )}
        {item.asksExpiryDate && (
          <>
            {!entry.hasNoExpiry && (
              <DateField
                id="expiryDate"
                label={t('field.expiryDate')}
                hint={t('field.dateHint')}
                value={entry.expiryDate}
                {...(read('expiryDate') || isPast
                  ? {
                      note: (
                        <>
                          {read('expiryDate')}
                          {isPast && <span class="caution">{t('field.expiredNote')}</span>}
                        </>
                      ),
                    }
                  : {})}
                fault={at('expiryDate')}
                faultyPart={partAt('expiryDate')}
                onInput={(expiryDate) => edit({ expiryDate }, 'expiryDate')}
              />
            )}
            {item.mayLackExpiry && (
              <Tick
                id="hasNoExpiry"
                isTicked={entry.hasNoExpiry}
                onChange={(hasNoExpiry) => edit({ hasNoExpiry })}
              >
                {t('field.hasNoExpiry')}
              </Tick>
            )}
          </>
        )}
      </section>
      {item.suppliedBy === 'number' && files}
      {item.consent !== null && (
        <section class="details" aria-labelledby="consent-title">
          <h2 id="consent-title">{t('field.consentTitle')}</h2>
          <Tick
            id="consent"
            isTicked={entry.consent}
            fault={at('consent')}
            onChange={(consent) => edit({ consent })}
          >
            <Theirs text={item.consent} />
          </Tick>
        </section>
      )}
      <ActionFault action={action} />
      <div class="actions">
        <ActionButton action={action} isSubmit>
          {t('item.save')}
        </ActionButton>
        <a class="button secondary" href={hashOf({ name: 'decline', itemId: item.id })}>
          {t('item.dontHave')}
        </a>
      </div>
      <SaveNote itemId={item.id} />
    </form>
  )
}

function numberHint(number: NonNullable<PageItem['number']>, t: ReturnType<typeof usePage>['t']): string {
  const { example } = number
  const parts = isFreeForm(number) ? [] : shapeOf(number)
  if (parts.length === 0) return t('field.numberExample', { example })
  const shape = parts
    .map(({ kind, count, text }) =>
      kind === 'letters'
        ? t('field.letters', { count })
        : kind === 'digits'
          ? t('field.digits', { count })
          : text,
    )
    .join(t('field.then'))
  return t('field.numberShape', { example, shape })
}

interface NumberNoteProps {
  readonly number: NonNullable<PageItem['number']>
  readonly entry: Entry
  readonly extra: preact.ComponentChildren
}

/** Follows the typing for the eye; a screen reader hears it with the field, and not at every key. */
function NumberNote({ number, entry, extra }: NumberNoteProps) {
  const { t } = usePage()
  const { example, firmness } = number
  const look = isFreeForm(number) ? 'empty' : lookOf(entry.number, number)
  const typed = plainNumber(entry.number).length
  return (
    <>
      {extra}
      {look === 'fits' && <span class="fits">{t('field.numberFits')}</span>}
      {look === 'unfinished' && (
        <span>{t('field.numberUnfinished', { typed, count: plainNumber(example).length })}</span>
      )}
      {look === 'differs' && (
        <span class="caution">
          {t(firmness === 'firm' ? 'field.numberDiffersFirm' : 'field.numberDiffers', { example })}
        </span>
      )}
    </>
  )
}

/** What was read of the documents, for the worker to say whether it is right. */
function Reading({ item, entry }: { readonly item: PageItem; readonly entry: Entry }) {
  const { t, language, session, snapshot, announce } = usePage()
  const said = readingOf(item)
  const isWaiting = item.files.some(({ reading }) => reading?.state === 'PENDING')
  const filled = entry.readHere.filter((name) => said[name] !== undefined)
  const names: Readonly<Record<ReadField, string>> = {
    number: t('field.number'),
    holderName: t('field.holderName'),
    issueDate: t('field.issueDate'),
    expiryDate: t('field.expiryDate'),
  }
  useEffect(() => {
    if (filled.length > 0) announce(t('reading.title'))
  }, [filled.join()])
  if (isWaiting && filled.length === 0) return <p class="quiet busy">{t('reading.pending')}</p>
  if (filled.length === 0) return null
  const words = (name: ReadField): string => {
    const value = said[name] ?? ''
    return name === 'issueDate' || name === 'expiryDate' ? dateWords(value, language) : value
  }
  const settle = (next: Entry): void => {
    session.edit(item.id, next)
    document.getElementById('details-title')?.scrollIntoView({ block: 'start' })
    document.getElementById(item.number ? 'number' : 'holderName')?.focus()
  }
  return (
    <Notice kind="info" title={t('reading.title')}>
      <dl class="given">
        {filled.map((name) => (
          <div key={name}>
            <dt>{names[name]}</dt>
            <dd>{words(name)}</dd>
          </div>
        ))}
      </dl>
      <p class="quiet">{t('reading.explain')}</p>
      <div class="actions">
        <button type="button" class="secondary" onClick={() => settle({ ...entry, readHere: [] })}>
          {t('reading.yes')}
        </button>
        <button
          type="button"
          class="secondary"
          onClick={() => settle(withoutReading(entry, snapshot.state?.worker?.displayName ?? ''))}
        >
          {t('reading.no')}
        </button>
      </div>
    </Notice>
  )
}

/** Whether the draft is safe. Said aloud only when it is not. */
function SaveNote({ itemId }: { readonly itemId: string }) {
  const { t, language, snapshot } = usePage()
  const save = snapshot.saves.get(itemId)
  return (
    <p class="save-note" role={save?.kind === 'waiting' ? 'alert' : undefined}>
      {save?.kind === 'saving' && t('save.saving')}
      {save?.kind === 'saved' && t('save.saved', { time: timeWords(save.at, language) })}
      {save?.kind === 'waiting' && t('save.waiting')}
    </p>
  )
}
