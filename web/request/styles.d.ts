/** Style sheets are imported for their effect: the build writes them into page.css. */
declare module '*.css'
