/** It was sent. */
import { useOrganisation, usePage } from '../parts/page-context.ts'
import { Notice, Screen, Theirs } from '../parts/screen.tsx'
import { hashOf } from '../place.ts'
import { dayWords } from '../rules/dates.ts'

export function Thanks() {
  const { t, snapshot, language } = usePage()
  const organisation = useOrganisation()
  const { state } = snapshot
  if (!state) return null
  const sent = (state.items ?? []).filter((item) => item.state === 'SUPPLIED')
  return (
    <Screen title={t('thanks.title', { name: state.worker?.firstName ?? '' })}>
      <Notice kind="good">
        <p>
          {state.stage === 'SENT' ? t('thanks.sent', { organisation }) : t('thanks.partly', { organisation })}
        </p>
        {state.submittedAt && <p>{t('thanks.sentOn', { date: dayWords(state.submittedAt, language) })}</p>}
      </Notice>
      {state.stage === 'SENT' ? (
        <p class="lead">{t('thanks.next', { organisation })}</p>
      ) : (
        <p>
          <a class="button secondary" href={hashOf({ name: 'list' })}>
            {t('thanks.backToList')}
          </a>
        </p>
      )}
      {sent.length > 0 && (
        <section class="card">
          <h2>{t('thanks.listTitle')}</h2>
          <ul class="asked">
            {sent.map(({ id, name }) => (
              <li key={id}>
                <Theirs text={name} />
              </li>
            ))}
          </ul>
        </section>
      )}
    </Screen>
  )
}
