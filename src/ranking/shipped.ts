import shippedFresh from './fresh-model.json' with { type: 'json' };
import { type FreshModel, readFreshModel } from './fresh.ts';
import shipped from './model.json' with { type: 'json' };
import { readModel, type RankingModel } from './model.ts';

/**
 * The model of the release, for an installation that has too few lists to fit its own. It does well
 * with the history there is: on a first day without any as well as one that looks at no names.
 * `scripts/ranking-model.ts` fits it.
 */
export function shippedModel(): RankingModel {
  const model = readModel(shipped);
  if (model === null) throw new TypeError('src/ranking/model.json is of another version: run scripts/ranking-model.ts');
  return model;
}

/** The forecasts of the release. `scripts/fresh-model.ts` fits them. */
export function shippedFreshModel(): FreshModel {
  const model = readFreshModel(shippedFresh);
  if (model === null)
    throw new TypeError('src/ranking/fresh-model.json is of another version: run scripts/fresh-model.ts');
  return model;
}
