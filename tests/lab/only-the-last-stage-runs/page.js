console.log('<h1 class="heading">Guests</h1>');
