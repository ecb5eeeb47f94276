/** "This isn't me", or "my name is wrong". */
import { useState } from 'preact/hooks'
import { ActionButton, ActionFault, useAction } from '../parts/action.tsx'
import { Choice, FaultSummary, TextField, type Fault } from '../parts/fields.tsx'
import { useOrganisation, usePage } from '../parts/page-context.ts'
import { Screen } from '../parts/screen.tsx'
import { hashOf, type Place } from '../place.ts'

type Kind = 'NOT_ME' | 'NAME_WRONG'

/** Longer than any message that the server takes would be cut off there. */
const detailMax = 1_000

export function NotMe() {
  const { t, session, snapshot } = usePage()
  const organisation = useOrganisation()
  const [kind, setKind] = useState<Kind | null>(null)
  const [detail, setDetail] = useState('')
  const [told, setTold] = useState<Kind | null>(null)
  const [fault, setFault] = useState<Fault | null>(null)
  const [attempt, setAttempt] = useState(0)
  const action = useAction()
  const name = snapshot.state?.worker?.displayName ?? ''
  const home: Place = { name: snapshot.state?.stage === 'WELCOME' ? 'start' : 'list' }
  const refuse = (fieldId: string, text: string): void => {
    setFault({ fieldId, text })
    setAttempt((count) => count + 1)
  }
  const send = async (): Promise<void> => {
    if (kind === null) return refuse('kind', t('notMe.missing'))
    if (kind === 'NAME_WRONG' && detail.trim() === '') return refuse('detail', t('notMe.nameMissing'))
    setFault(null)
    await session.notMe(kind, detail.trim())
    setTold(kind)
  }
  if (told !== null)
    return (
      <Screen key="told" title={t('notMe.toldTitle')}>
        <p class="lead">
          {told === 'NOT_ME' ? t('notMe.toldNotMe', { organisation }) : t('notMe.toldName', { organisation })}
        </p>
        {told === 'NAME_WRONG' && (
          <div class="actions">
            <a class="button primary" href={hashOf(home)}>
              {t('notMe.goOn')}
            </a>
          </div>
        )}
      </Screen>
    )
  return (
    <Screen key="ask" title={t('notMe.title')} back={{ to: home, text: t('page.back') }}>
      <FaultSummary faults={fault ? [fault] : []} attempt={attempt} />
      <p class="lead">{t('notMe.lead', { organisation, name })}</p>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault()
          action.run(send)
        }}
      >
        <Choice<Kind>
          id="kind"
          legend={t('notMe.question')}
          options={[
            { value: 'NOT_ME', text: t('notMe.notMe', { name }) },
            { value: 'NAME_WRONG', text: t('notMe.nameWrong') },
          ]}
          value={kind}
          fault={fault?.fieldId === 'kind' ? fault.text : undefined}
          onChoose={(chosen) => {
            setKind(chosen)
            setFault(null)
          }}
        />
        {kind !== null && (
          <TextField
            id="detail"
            label={kind === 'NAME_WRONG' ? t('notMe.rightName') : `${t('notMe.more')} ${t('page.optional')}`}
            value={detail}
            isLong={kind === 'NOT_ME'}
            lengthMax={kind === 'NAME_WRONG' ? 200 : detailMax}
            fault={fault?.fieldId === 'detail' ? fault.text : undefined}
            onInput={setDetail}
          />
        )}
        <ActionFault action={action} />
        <div class="actions">
          <ActionButton action={action} isSubmit>
            {t('notMe.submit', { organisation })}
          </ActionButton>
        </div>
      </form>
    </Screen>
  )
}
