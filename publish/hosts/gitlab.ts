import { listIn, numberIn, requestJson, textIn, type ProposeTo } from './host.ts';

/** Merge requests at GitLab. Source: GitLab REST API v4, "Merge requests". */
export const proposeToGitlab: ProposeTo = async (target, { head, base, title, body }) => {
  const headers = { 'PRIVATE-TOKEN': target.token };
  const requests = `/projects/${encodeURIComponent(target.repository)}/merge_requests`;
  const query = new URLSearchParams({ state: 'opened', source_branch: head, target_branch: base });
  const [open] = listIn(await requestJson(target, headers, { method: 'GET', path: `${requests}?${query.toString()}` }));
  const text = { title, description: body };
  const request =
    open === undefined
      ? { method: 'POST', path: requests, body: { ...text, source_branch: head, target_branch: base } }
      : { method: 'PUT', path: `${requests}/${numberIn(open, 'iid')}`, body: text };
  return { url: textIn(await requestJson(target, headers, request), 'web_url'), isNew: open === undefined };
};
