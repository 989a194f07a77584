const a; 
