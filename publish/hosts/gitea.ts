import { listIn, numberIn, requestJson, textIn, valueIn, type ProposeTo } from './host.ts';

const PAGE = 50;

/** Pull requests at Gitea and Forgejo. Source: Gitea API v1, "repoListPullRequests", "repoCreatePullRequest", "repoEditPullRequest". */
export const proposeToGitea: ProposeTo = async (target, { head, base, title, body }) => {
  const headers = { Authorization: `token ${target.token}` };
  const pulls = `/repos/${target.repository}/pulls`;
  const isOurs = (pull: unknown): boolean =>
    valueIn(valueIn(pull, 'head'), 'ref') === head && valueIn(valueIn(pull, 'base'), 'ref') === base;
  let open: unknown;
  for (let page = 1; open === undefined; page++) {
    const path = `${pulls}?state=open&limit=${PAGE}&page=${page}`;
    const found = listIn(await requestJson(target, headers, { method: 'GET', path }));
    open = found.find(isOurs);
    if (found.length === 0) break;
  }
  const request =
    open === undefined
      ? { method: 'POST', path: pulls, body: { title, body, head, base } }
      : { method: 'PATCH', path: `${pulls}/${numberIn(open, 'number')}`, body: { title, body } };
  return { url: textIn(await requestJson(target, headers, request), 'html_url'), isNew: open === undefined };
};
