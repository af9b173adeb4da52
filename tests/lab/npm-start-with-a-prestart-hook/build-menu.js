// The menu of the day, as the program starts with it.
console.log(JSON.stringify({ soup: 'leek', main: 'polenta' }));
