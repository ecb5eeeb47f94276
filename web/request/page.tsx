/** The worker's page: starts in the document that the server hands out. */
import { render } from 'preact'
import './page.css'
import { zhHansWords } from './words/load.ts'

const place = document.getElementById('page')
if (place) render(<p>{String(zhHansWords)}</p>, place)
