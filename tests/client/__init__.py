"""The DynamoDB client behind a pipe (client_driver.cpp), before real servers and a proxy that cuts, lies and checks signatures."""
