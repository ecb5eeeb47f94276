export const words = { hello: '你好' }
