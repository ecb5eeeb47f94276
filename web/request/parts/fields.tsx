/** Form fields: label, hint, fault and state tied to their input, so that they are read together. */
import type { ComponentChildren, JSX } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { partsOfPasted, type DatePart, type DateParts } from '../rules/dates.ts'
import { usePage } from './page-context.ts'

const described = (...ids: (string | false | undefined)[]): { 'aria-describedby'?: string } => {
  const said = ids.filter(Boolean).join(' ')
  return said === '' ? {} : { 'aria-describedby': said }
}

export function FaultText({ id, text }: { readonly id: string; readonly text: string | undefined }) {
  return text === undefined ? null : (
    <p class="fault" id={id}>
      {text}
    </p>
  )
}

interface TextProps {
  readonly id: string
  readonly label: string
  readonly value: string
  readonly hint?: string
  /** Changes while typing. */
  readonly note?: ComponentChildren
  readonly fault?: string | undefined
  readonly isLong?: boolean
  readonly lengthMax?: number
  readonly input?: JSX.IntrinsicElements['input']
  readonly onInput: (value: string) => void
}

export function TextField({
  id,
  label,
  value,
  hint,
  note,
  fault,
  isLong,
  lengthMax,
  input,
  onInput,
}: TextProps) {
  const shared = {
    id,
    value,
    maxLength: lengthMax ?? 200,
    'aria-invalid': fault !== undefined,
    ...described(
      hint !== undefined && `${id}-hint`,
      note !== undefined && `${id}-note`,
      fault !== undefined && `${id}-fault`,
    ),
  }
  return (
    <div class={`field${fault === undefined ? '' : ' faulty'}`}>
      <label for={id}>{label}</label>
      {hint !== undefined && (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      <FaultText id={`${id}-fault`} text={fault} />
      {isLong ? (
        <textarea {...shared} rows={4} onInput={(event) => onInput(event.currentTarget.value)} />
      ) : (
        <input type="text" {...input} {...shared} onInput={(event) => onInput(event.currentTarget.value)} />
      )}
      {note !== undefined && (
        <p class="note" id={`${id}-note`}>
          {note}
        </p>
      )}
    </div>
  )
}

interface DateProps {
  readonly id: string
  readonly label: string
  readonly hint: string
  readonly value: DateParts
  readonly note?: ComponentChildren
  readonly fault?: string | undefined
  /** The part at fault; all of them when none is told. */
  readonly faultyPart?: DatePart | undefined
  /** What a browser may fill in: `bday` for a date of birth. */
  readonly autoComplete?: 'bday'
  readonly isRequired?: boolean
  readonly onInput: (value: DateParts) => void
}

const sizes = { day: 2, month: 2, year: 4 } as const

/**
 * Three fields, the day first. A native date field shows its order only once it is filled, and asks for many presses to reach
 * a year of birth; with three nobody can take a month for a day, and every screen reader says which is which.
 */
export function DateField({
  id,
  label,
  hint,
  value,
  note,
  fault,
  faultyPart,
  autoComplete,
  onInput,
}: DateProps) {
  const { t } = usePage()
  const parts = { day: t('date.day'), month: t('date.month'), year: t('date.year') }
  return (
    <fieldset
      class={`field date${fault === undefined ? '' : ' faulty'}`}
      {...described(`${id}-hint`, note !== undefined && `${id}-note`, fault !== undefined && `${id}-fault`)}
    >
      <legend>{label}</legend>
      <p class="hint" id={`${id}-hint`}>
        {hint}
      </p>
      <FaultText id={`${id}-fault`} text={fault} />
      <div class="date-parts">
        {(['day', 'month', 'year'] as const).map((part) => (
          <div key={part}>
            <label for={`${id}-${part}`}>{parts[part]}</label>
            <input
              id={`${id}-${part}`}
              class={part}
              type="text"
              inputMode="numeric"
              maxLength={sizes[part]}
              value={value[part]}
              autoComplete={autoComplete ? `${autoComplete}-${part}` : 'off'}
              aria-invalid={fault !== undefined && (faultyPart ?? part) === part}
              {...described(fault !== undefined && `${id}-fault`)}
              onInput={(event) => onInput({ ...value, [part]: event.currentTarget.value })}
              onPaste={(event) => {
                const whole = partsOfPasted(event.clipboardData?.getData('text') ?? '')
                if (!whole) return
                event.preventDefault()
                onInput(whole)
              }}
            />
          </div>
        ))}
      </div>
      {note !== undefined && (
        <p class="note" id={`${id}-note`}>
          {note}
        </p>
      )}
    </fieldset>
  )
}

interface ChoiceProps<Value extends string> {
  readonly id: string
  readonly legend: string
  readonly options: readonly { readonly value: Value; readonly text: string }[]
  readonly value: Value | null
  readonly fault?: string | undefined
  readonly onChoose: (value: Value) => void
}

export function Choice<Value extends string>({
  id,
  legend,
  options,
  value,
  fault,
  onChoose,
}: ChoiceProps<Value>) {
  return (
    <fieldset
      class={`field${fault === undefined ? '' : ' faulty'}`}
      {...described(fault !== undefined && `${id}-fault`)}
    >
      <legend>{legend}</legend>
      <FaultText id={`${id}-fault`} text={fault} />
      {options.map((option, index) => (
        <div class="tick" key={option.value}>
          <input
            type="radio"
            id={index === 0 ? id : `${id}-${index}`}
            name={id}
            checked={option.value === value}
            onChange={() => onChoose(option.value)}
          />
          <label for={index === 0 ? id : `${id}-${index}`}>{option.text}</label>
        </div>
      ))}
    </fieldset>
  )
}

interface TickProps {
  readonly id: string
  readonly isTicked: boolean
  readonly fault?: string | undefined
  readonly onChange: (isTicked: boolean) => void
  readonly children: ComponentChildren
}

export function Tick({ id, isTicked, fault, onChange, children }: TickProps) {
  return (
    <div class={fault === undefined ? '' : 'faulty'}>
      <FaultText id={`${id}-fault`} text={fault} />
      <div class="tick">
        <input
          type="checkbox"
          id={id}
          checked={isTicked}
          aria-invalid={fault !== undefined}
          {...described(fault !== undefined && `${id}-fault`)}
          onChange={(event) => onChange(event.currentTarget.checked)}
        />
        <label for={id}>{children}</label>
      </div>
    </div>
  )
}

export interface Fault {
  /** The field to go to; null when it belongs to none. */
  readonly fieldId: string | null
  readonly text: string
}

/**
 * All that is to be mended, at the top; takes the focus whenever `attempt` changes, and leads to each field.
 * @param attempt counts the presses of the button
 */
export function FaultSummary({
  faults,
  attempt,
}: {
  readonly faults: readonly Fault[]
  readonly attempt: number
}) {
  const { t } = usePage()
  const box = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (attempt > 0 && faults.length > 0) box.current?.focus()
  }, [attempt])
  if (faults.length === 0) return null
  return (
    <div class="notice bad" ref={box} tabIndex={-1} role="alert" aria-labelledby="fault-summary">
      <h2 id="fault-summary">{t('page.faultTitle')}</h2>
      <ul>
        {faults.map(({ fieldId, text }) => (
          <li key={text}>
            {fieldId === null ? (
              text
            ) : (
              <a
                href={`#${fieldId}`}
                onClick={(event) => {
                  // The address says which screen is shown.
                  event.preventDefault()
                  const field = document.getElementById(fieldId)
                  field?.focus()
                  field?.scrollIntoView({ block: 'center' })
                }}
              >
                {text}
              </a>
            )}
          </li>
        ))}
      </ul>
    </div>
  )
}
