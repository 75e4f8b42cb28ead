import type { Organisation } from '@grunnmur/access';
import type { PageView } from '../view/page-view.ts';

export interface OrganisationChoiceProps {
  readonly view: PageView;
  readonly organisations: readonly Organisation[];
  readonly current: Organisation;
}

/** For which organisation one acts here; a choice when there are several. */
export function OrganisationChoice({ view, organisations, current }: OrganisationChoiceProps) {
  if (organisations.length < 2) return <p className="gm-acting">{current.name}</p>;
  return (
    <nav className="gm-acting" aria-label={view.t('portal.messages.organisation')}>
      <ul>
        {organisations.map(({ id, orgnr, name }) => (
          <li key={id}>
            <a href={`/meldinger?org=${orgnr}`} aria-current={id === current.id ? 'true' : undefined}>
              {name}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}
