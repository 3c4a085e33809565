// The least that a compiled program does.
console.log('hello');
