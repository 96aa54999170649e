export { barbershop, clinic, salon, spa } from '$lib/ui/icons';
