import './context.ts'
