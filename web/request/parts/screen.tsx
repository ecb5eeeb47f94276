/** The frame of a screen: heading, way back, and where the focus goes. */
import type { ComponentChildren } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { hashOf, type Place } from '../place.ts'
import { useOrganisation, usePage } from './page-context.ts'

let isFirst = true

interface Props {
  readonly title: string
  /** Where the way back leads, and its words. */
  readonly back?: { readonly to: Place; readonly text: string }
  /** The title is the name of a credential or the like, in the organisation's words. */
  readonly isTheirTitle?: boolean
  readonly children: ComponentChildren
}

/**
 * A screen that comes in place of another takes the focus to its heading, so that keyboards and screen readers start at its
 * top. The first one leaves the focus where the browser has it.
 */
export function Screen({ title, back, isTheirTitle, children }: Props) {
  const { t } = usePage()
  const organisation = useOrganisation()
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    scrollTo(0, 0)
    if (!isFirst) heading.current?.focus({ preventScroll: true })
    isFirst = false
  }, [])
  useEffect(() => {
    document.title = organisation === '' ? title : `${title} – ${organisation}`
  }, [title, organisation])
  return (
    <>
      {back && (
        <p class="way-back">
          <a href={hashOf(back.to)}>
            <span aria-hidden="true">← </span>
            {back.text || t('page.back')}
          </a>
        </p>
      )}
      <h1 ref={heading} tabIndex={-1}>
        {isTheirTitle ? <Theirs text={title} /> : title}
      </h1>
      {children}
    </>
  )
}

/** Text of the organisation's or the catalogue's: English whatever language the page speaks (WCAG 2.2, 3.1.2). */
export function Theirs({ text }: { readonly text: string }) {
  const { language } = usePage()
  return language === 'en' ? <>{text}</> : <span lang="en">{text}</span>
}

/** Their text with its line breaks. */
export function TheirText({ text }: { readonly text: string }) {
  return (
    <p class="their-text" dir="auto">
      <Theirs text={text} />
    </p>
  )
}

interface NoticeProps {
  readonly kind: 'info' | 'good' | 'warn' | 'bad'
  readonly title?: string
  readonly children?: ComponentChildren
  readonly role?: 'alert' | 'status'
}

export function Notice({ kind, title, children, role }: NoticeProps) {
  return (
    <div class={`notice ${kind}`} {...(role ? { role } : {})}>
      {title && <h2>{title}</h2>}
      {children}
    </div>
  )
}

/** The organisation's privacy notice, folded: it may be long. */
export function PrivacyNotice() {
  const { t, snapshot } = usePage()
  const organisation = useOrganisation()
  const notice = snapshot.state?.organisation.privacyNotice
  if (!notice) return <p class="quiet">{t('privacy.none', { organisation })}</p>
  return (
    <details class="fold">
      <summary>{t('privacy.title', { organisation })}</summary>
      <TheirText text={notice.text} />
    </details>
  )
}
