import { listIn, numberIn, requestJson, textIn, type ProposeTo } from './host.ts';

/** Pull requests at GitHub. Source: GitHub REST API, "Pulls", version 2022-11-28. */
export const proposeToGithub: ProposeTo = async (target, { head, base, title, body }) => {
  const headers = {
    Authorization: `Bearer ${target.token}`,
    Accept: 'application/vnd.github+json',
    'X-GitHub-Api-Version': '2022-11-28',
  };
  const pulls = `/repos/${target.repository}/pulls`;
  const [owner = ''] = target.repository.split('/');
  const query = new URLSearchParams({ state: 'open', head: `${owner}:${head}`, base });
  const [open] = listIn(await requestJson(target, headers, { method: 'GET', path: `${pulls}?${query.toString()}` }));
  const request =
    open === undefined
      ? { method: 'POST', path: pulls, body: { title, body, head, base } }
      : { method: 'PATCH', path: `${pulls}/${numberIn(open, 'number')}`, body: { title, body } };
  return { url: textIn(await requestJson(target, headers, request), 'html_url'), isNew: open === undefined };
};
