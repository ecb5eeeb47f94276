export const zhHansWords = () => import('./zh-Hans.ts')
