/**
 * The two HTML documents of the worker's page, as bytes that depend on nothing but the build: the shell, which holds nothing
 * personal, and the page of a dead link, which is the same for every cause. Pure.
 */

/** What the browser may do on both pages: nothing but this site's own files, and the camera for photos of documents. */
export const pageHeaders: Readonly<Record<string, string>> = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    // blob: shows a photo that was just chosen.
    "img-src 'self' blob:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join(';'),
  'permissions-policy':
    'camera=(self), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()',
  'referrer-policy': 'no-referrer',
  'x-robots-tag': 'noindex, nofollow, noarchive',
}

/** Before the script has run nobody knows the reader's language: what is said then is said in each. */
const languages = [
  {
    lang: 'en',
    loading: 'Loading… If nothing happens within a minute, open this link again in a newer browser.',
    noScript:
      'This page needs JavaScript, which is turned off here. Turn it on, or open this link in another browser. If neither works, ask your employer for another way to send your documents.',
    deadTitle: 'This link no longer works',
    dead: 'Ask your employer for a new one. It may have run out, been replaced by a newer link, or no longer be needed.',
    kept: 'What you have already sent is safe.',
  },
  {
    lang: 'zh-Hans',
    loading: '正在加载……如果一分钟内没有反应，请用较新的浏览器重新打开此链接。',
    noScript:
      '此页面需要 JavaScript，但当前已被关闭。请将其打开，或用其他浏览器打开此链接。如果仍然不行，请向您的雇主询问其他提交方式。',
    deadTitle: '此链接已失效',
    dead: '请向您的雇主索取新的链接。此链接可能已过期、已被新链接取代，或已不再需要。',
    kept: '您已经发送的内容不会丢失。',
  },
] as const

const [first] = languages

function head(title: string, assets: string): string {
  return `<!doctype html>
<html lang="${first.lang}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex, nofollow, noarchive">
<meta name="referrer" content="no-referrer">
<meta name="format-detection" content="telephone=no">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<link rel="stylesheet" href="${assets}/page.css">
`
}

const inEach = (say: (one: (typeof languages)[number]) => string): string =>
  languages.map((one) => `<div lang="${one.lang}">${say(one)}</div>`).join('\n')

/**
 * The document in which the page runs.
 * @param assets where the bundle lies: `/r-assets/<hash>`
 */
export function shellDocument(assets: string): string {
  return `${head('Documents for your employer', assets)}<script type="module" src="${assets}/page.js"></script>
</head>
<body>
<div id="page"><main class="column plain">
${inEach(({ loading }) => `<p>${loading}</p>`)}
</main></div>
<noscript><div class="column plain">
${inEach(({ noScript }) => `<p><strong>${noScript}</strong></p>`)}
</div></noscript>
</body>
</html>
`
}

/** What an unknown, expired, cancelled or superseded link shows, in every language at once. */
export function deadLinkDocument(assets: string): string {
  return `${head(languages.map(({ deadTitle }) => deadTitle).join(' · '), assets)}</head>
<body>
<main class="column plain">
${languages
  .map(
    ({ lang, deadTitle, dead, kept }, index) =>
      `<section lang="${lang}"><h${index + 1}>${deadTitle}</h${index + 1}><p>${dead}</p><p>${kept}</p></section>`,
  )
  .join('\n')}
</main>
</body>
</html>
`
}
