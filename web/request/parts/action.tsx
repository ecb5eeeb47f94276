/** Buttons that do something on the server: pressed twice they do it once, and they say when it did not work. */
import type { ComponentChildren } from 'preact'
import { useRef, useState } from 'preact/hooks'
import { PageFault } from '../api.ts'
import { Notice, Theirs } from './screen.tsx'
import { usePage } from './page-context.ts'

export interface Action {
  readonly isBusy: boolean
  readonly fault: PageFault | null
  /** Runs one thing at a time; what is asked for meanwhile is passed by. */
  run(work: () => Promise<unknown>): void
  clear(): void
}

/** @param onRefused may take a refusal over: true when it has shown it */
export function useAction(onRefused?: (fault: PageFault) => boolean): Action {
  const [isBusy, setBusy] = useState(false)
  const [fault, setFault] = useState<PageFault | null>(null)
  const running = useRef(false)
  const perform = async (work: () => Promise<unknown>): Promise<void> => {
    running.current = true
    setBusy(true)
    setFault(null)
    try {
      await work()
    } catch (error) {
      if (!(error instanceof PageFault)) throw error
      // A link that died is told by the page itself.
      if (error.kind !== 'gone' && !(error.kind === 'refused' && onRefused?.(error))) setFault(error)
    } finally {
      running.current = false
      setBusy(false)
    }
  }
  return {
    isBusy,
    fault,
    run: (work) => {
      if (!running.current) void perform(work)
    },
    clear: () => setFault(null),
  }
}

interface ButtonProps {
  readonly action: Action
  /** Of a button that does not submit its form. */
  readonly work?: () => Promise<unknown>
  readonly isSubmit?: boolean
  readonly children: ComponentChildren
  readonly kind?: 'primary' | 'secondary' | 'link' | 'danger'
  readonly label?: string
}

/** Stays focusable while it works: a disabled button would lose the focus. */
export function ActionButton({
  action,
  work,
  isSubmit = false,
  children,
  kind = 'primary',
  label,
}: ButtonProps) {
  const { t } = usePage()
  return (
    <button
      type={isSubmit ? 'submit' : 'button'}
      class={kind}
      aria-disabled={action.isBusy}
      {...(label === undefined ? {} : { 'aria-label': label })}
      onClick={() => work && action.run(work)}
    >
      {action.isBusy ? t('page.working') : children}
    </button>
  )
}

/** Why it did not work, and that it may be tried again. */
export function ActionFault({ action }: { readonly action: Action }) {
  const { t } = usePage()
  const { fault } = action
  if (!fault) return null
  const told = fault.problem.errors?.[0]?.detail ?? fault.problem.detail
  return (
    <Notice kind="bad" role="alert">
      <p>
        {fault.kind === 'offline' && t('fault.offline')}
        {fault.kind === 'busy' && t('fault.busy')}
        {fault.kind === 'refused' && (told === undefined ? t('fault.refused') : <Theirs text={told} />)}
      </p>
    </Notice>
  )
}
