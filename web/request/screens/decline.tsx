/** "I don't have this", with a reason that the manager reads. */
import { useState } from 'preact/hooks'
import { ActionButton, ActionFault, useAction } from '../parts/action.tsx'
import { Choice, FaultSummary, TextField, type Fault } from '../parts/fields.tsx'
import { useOrganisation, usePage } from '../parts/page-context.ts'
import { Screen, Theirs } from '../parts/screen.tsx'
import { go } from '../place.ts'
import { en } from '../words/en.ts'

const reasons = [
  'decline.applied',
  'decline.never',
  'decline.ended',
  'decline.notMyJob',
  'decline.other',
] as const
type Reason = (typeof reasons)[number]

/** What the server takes; room is left for the chosen reason in front. */
const reasonMax = 400

export function Decline({ itemId }: { readonly itemId: string }) {
  const { t, session, snapshot, setFlash } = usePage()
  const organisation = useOrganisation()
  const [reason, setReason] = useState<Reason | null>(null)
  const [more, setMore] = useState('')
  const [fault, setFault] = useState<Fault | null>(null)
  const [attempt, setAttempt] = useState(0)
  const action = useAction()
  const item = snapshot.state?.items?.find(({ id }) => id === itemId)
  const refuse = (fieldId: string, text: string): void => {
    setFault({ fieldId, text })
    setAttempt((count) => count + 1)
  }
  const send = async (): Promise<void> => {
    if (reason === null) return refuse('reason', t('decline.missing'))
    if (reason === 'decline.other' && more.trim() === '') return refuse('more', t('decline.moreMissing'))
    setFault(null)
    // In English, whatever the page speaks: the one who reads it is the manager.
    const words = [reason === 'decline.other' ? '' : en[reason], more.trim()].filter((part) => part !== '')
    await session.decline(itemId, words.join(': '))
    setFlash(t('list.declined', { name: item?.name ?? '' }))
    go({ name: 'list' })
  }
  return (
    <Screen title={t('decline.title')} back={{ to: { name: 'item', itemId }, text: t('page.back') }}>
      <FaultSummary faults={fault ? [fault] : []} attempt={attempt} />
      <p class="lead">
        <Theirs text={item?.name ?? ''} />
      </p>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault()
          action.run(send)
        }}
      >
        <Choice
          id="reason"
          legend={t('decline.question')}
          options={reasons.map((value) => ({ value, text: t(value) }))}
          value={reason}
          fault={fault?.fieldId === 'reason' ? fault.text : undefined}
          onChoose={(chosen) => {
            setReason(chosen)
            setFault(null)
          }}
        />
        <TextField
          id="more"
          label={
            reason === 'decline.other'
              ? t('decline.moreRequired')
              : `${t('decline.more')} ${t('page.optional')}`
          }
          value={more}
          isLong
          lengthMax={reasonMax}
          fault={fault?.fieldId === 'more' ? fault.text : undefined}
          onInput={setMore}
        />
        <p class="quiet">{t('decline.note', { organisation })}</p>
        <ActionFault action={action} />
        <div class="actions">
          <ActionButton action={action} isSubmit>
            {t('decline.submit')}
          </ActionButton>
        </div>
      </form>
    </Screen>
  )
}
