/** Kinds of mail that are rendered when they are sent, so that no row, job or log holds a link before that. */
import type { ReadContext, WriteContext } from '../context.ts'
import type { Runtime } from '../runtime.ts'

/** A mail as its definition knows it. */
export interface MailOfKind {
  readonly id: string
  readonly about: { readonly type: string; readonly id: string }
  readonly cause: string
}

export interface MailContent {
  /** One line of up to 200 characters. */
  readonly subject: string
  /** Complete by itself. */
  readonly text: string
  readonly html: string | null
}

/** One kind of mail. All of them are listed in app.ts (`mailDefinitions`). */
export interface MailDefinition {
  /** Like `fetchRequest.invitation`. */
  readonly kind: string
  /**
   * What goes out now. Asked before each attempt, under the mail's lock. Null = it is no longer to be sent (cancelled,
   * superseded, deleted): the mail ends CANCELLED and is never asked about again. Of a mail that may have arrived already the
   * same bytes go out again, whatever this gives, unless it is null.
   */
  render(ctx: ReadContext, runtime: Runtime, mail: MailOfKind): Promise<MailContent | null>
  /** In the unit of work that notes that the mail server (without SMTP_URL: the outbox) has it. Once for a mail. */
  onSent?(ctx: WriteContext, mail: MailOfKind): Promise<void>
  /**
   * In the unit of work that notes that it will not arrive: refused for good, given up, or given back later (then after
   * `onSent`). Once for a mail.
   * @param detail what the mail server answered, for the operator; it names no address
   */
  onFailed?(ctx: WriteContext, mail: MailOfKind, detail: string): Promise<void>
}

/** Who an organisation's mail is from: the name that people see, and where their answers go. */
export interface MailIdentity {
  readonly name: string
  readonly replyTo: string | null
}

/** What of the product the mail's jobs and the bounces need: given by the composition. */
export interface MailParts {
  readonly definitions: readonly MailDefinition[]
  identityOf(ctx: ReadContext): Promise<MailIdentity>
}
