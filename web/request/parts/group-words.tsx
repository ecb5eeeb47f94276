/** What is to be done with a group, in plain words. */
import type { Section } from '../rules/groups.ts'
import { usePage } from './page-context.ts'
import { Theirs } from './screen.tsx'

export function GroupWords({ section: { label, rule } }: { readonly section: Section }) {
  const { t } = usePage()
  const words =
    rule.kind === 'one'
      ? t('group.one')
      : rule.kind === 'some'
        ? t('group.some', { n: rule.n, of: rule.of })
        : t('group.all')
  if (label === null) return <>{words}</>
  return (
    <>
      <Theirs text={label} /> – <span class="group-rule">{words}</span>
    </>
  )
}
