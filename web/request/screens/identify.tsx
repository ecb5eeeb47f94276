/** Who is it? Before this is answered the server tells nothing but who asks. */
import { useState } from 'preact/hooks'
import { ActionButton, ActionFault, useAction } from '../parts/action.tsx'
import { DateField, FaultSummary, type Fault } from '../parts/fields.tsx'
import { useOrganisation, usePage } from '../parts/page-context.ts'
import { Screen } from '../parts/screen.tsx'
import { noDate, readDate } from '../rules/dates.ts'
import { dateFaultPart, dateFaultText } from './fault-words.ts'

export function Identify() {
  const { t, session } = usePage()
  const organisation = useOrganisation()
  const [birthDate, setBirthDate] = useState(noDate)
  const [attempt, setAttempt] = useState(0)
  const [fault, setFault] = useState<Fault | null>(null)
  const [part, setPart] = useState<'day' | 'month' | 'year' | undefined>()
  const refuse = (text: string): void => {
    setFault({ fieldId: `birth-date-${part ?? 'day'}`, text })
    setAttempt((count) => count + 1)
  }
  const action = useAction(({ status, problem }) => {
    if (status !== 422 && status !== 400) return false
    const tries = problem.triesLeft
    setPart(undefined)
    refuse(
      [t('identify.wrong'), ...(tries === undefined ? [] : [t('identify.triesLeft', { count: tries })])].join(
        ' ',
      ),
    )
    return true
  })
  const label = t('identify.birthDate')
  const send = async (): Promise<void> => {
    const read = readDate(birthDate)
    if (read.kind === 'date') {
      setFault(null)
      return session.identify(read.value)
    }
    const faulty = dateFaultPart(read)
    setPart(faulty)
    setFault({ fieldId: `birth-date-${faulty ?? 'day'}`, text: dateFaultText(t, read, label) })
    setAttempt((count) => count + 1)
  }
  return (
    <Screen title={t('identify.title')}>
      <FaultSummary faults={fault ? [fault] : []} attempt={attempt} />
      <p class="lead">{t('identify.why', { organisation })}</p>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault()
          action.run(send)
        }}
      >
        <DateField
          id="birth-date"
          label={label}
          hint={t('identify.example')}
          value={birthDate}
          autoComplete="bday"
          fault={fault?.text}
          faultyPart={part}
          onInput={setBirthDate}
        />
        <ActionFault action={action} />
        <div class="actions">
          <ActionButton action={action} isSubmit>
            {t('identify.continue')}
          </ActionButton>
        </div>
      </form>
    </Screen>
  )
}
