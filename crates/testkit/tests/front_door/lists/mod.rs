mod columns;
mod exports;
mod many;
mod views;
