import { IsNotEmpty, IsString } from 'class-validator';

/** ThingsBoard's way to write a list of names: `[{ "name": "getDevices" }]`. */
export class Named {
  @IsString()
  @IsNotEmpty()
  name!: string;
}
